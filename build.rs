//! Builds the crate again when a scenario file is added or taken away (a changed one is seen anyway).

fn main() {
    println!("cargo:rerun-if-changed=scenarios");
}
