//! Real registries, started on an empty folder of their own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::program::{self, command};
use super::server::Server;
use super::tls::{ServerCertificate, TokenSigner};

/// Who may log in, wherever a test asks for a login.
pub(crate) const USER: &str = "surveyor";
/// The password of [`USER`]. It opens nothing but the registries of these tests, and is odd enough to be searched for in reports.
pub(crate) const PASSWORD: &str = "plimsoll-mark-7Qe2";
/// bcrypt of [`PASSWORD`], the only form that these registries take.
const PASSWORD_BCRYPT: &str = "$2y$05$Hd5swyJ3yCDFQgqYQ/jxfOHuDSIZCqUuhKnrzI6Bl6hx9BkdWViLa";

/// Starts plimsoll's reference registry.
pub(crate) fn plimsoll(folder: &Path, options: &[&str]) -> Server {
    Server::start(|address| {
        let mut registry = program::plimsoll(folder);
        registry.args(["serve", "--listen", &address.to_string()]).args(options);
        registry
    })
}

/// How a registry of the tests lets clients in.
pub(crate) enum Door<'a> {
    /// Everybody may do everything, over plain http.
    Open,
    /// [`USER`] with [`PASSWORD`], by Basic authentication.
    Basic,
    /// With a token of a service elsewhere.
    Token {
        /// Where tokens are to be had.
        realm: String,
        /// Whose tokens to trust.
        signer: &'a TokenSigner,
    },
    /// Everybody may do everything, over TLS.
    Tls(&'a ServerCertificate),
}

/// Starts docker-registry 2.8 or distribution v3, which take the same configuration. Deletes are enabled.
pub(crate) fn distribution(program: &Path, folder: &Path, door: &Door) -> Server {
    let config = folder.join("registry.yml");
    Server::start(|address| {
        fs::write(&config, distribution_config(folder, address, door)).expect("the folder takes files");
        let mut registry = command(program, folder);
        registry.arg("serve").arg(&config);
        // distribution v3 sends traces to a collector unless told not to.
        registry.env("OTEL_TRACES_EXPORTER", "none");
        registry
    })
}

fn distribution_config(folder: &Path, address: SocketAddr, door: &Door) -> String {
    let more = match door {
        Door::Open => String::new(),
        Door::Tls(files) => format!("  tls: {{certificate: '{}', key: '{}'}}", files.certificate.display(), files.key.display()),
        Door::Basic => {
            let htpasswd = folder.join("htpasswd");
            fs::write(&htpasswd, format!("{USER}:{PASSWORD_BCRYPT}\n")).expect("the folder takes files");
            format!("auth: {{htpasswd: {{realm: tests, path: '{}'}}}}", htpasswd.display())
        }
        Door::Token { realm, signer } => format!(
            "auth: {{token: {{realm: '{realm}', service: plimsoll, issuer: plimsoll, rootcertbundle: '{}'}}}}",
            signer.certificate.display()
        ),
    };
    format!(
        "version: 0.1\n\
         log: {{accesslog: {{disabled: true}}, level: warn}}\n\
         storage:\n  filesystem: {{rootdirectory: '{store}'}}\n  delete: {{enabled: true}}\n  maintenance: {{uploadpurging: {{enabled: false}}}}\n\
         http:\n  addr: '{address}'\n  secret: of-the-tests\n{more}\n",
        store = folder.join("store").display(),
    )
}

/// How olareg asks for a login.
pub(crate) enum OlaregDoor {
    /// Everybody may do everything.
    Open,
    /// Basic authentication.
    Basic,
    /// Opaque tokens of its own endpoint.
    Token,
}

/// Starts olareg in memory, with the deletes that it leaves off by default.
pub(crate) fn olareg(program: &Path, folder: &Path, door: &OlaregDoor) -> Server {
    let users = olareg_users(folder);
    Server::start(|address| {
        let mut registry = command(program, folder);
        registry.args(["serve", "--store-type", "mem", "--api-delete", "--api-blob-delete"]);
        registry.args(["--addr", &address.ip().to_string(), "--port", &address.port().to_string()]);
        match door {
            OlaregDoor::Open => {}
            OlaregDoor::Basic => {
                registry.arg("--auth-basic").arg(&users);
            }
            OlaregDoor::Token => {
                registry.arg("--auth-token-opaque").arg(&users).arg(format!("--external-url=http://{address}"));
            }
        }
        registry
    })
}

fn olareg_users(folder: &Path) -> PathBuf {
    let users = folder.join("olareg.yml");
    let text = format!(
        "users: {{{USER}: {{cred: '{PASSWORD_BCRYPT}'}}}}\n\
         groups: {{}}\n\
         acls:\n- {{repo: '*', members: [{USER}], access: ['*']}}\n- {{repo: '', members: [{USER}], access: ['read']}}\n"
    );
    fs::write(&users, text).expect("the folder takes files");
    users
}
