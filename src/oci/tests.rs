use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use serde_json::json;

use super::*;

const V1_0: &str = r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*";
const V1_1: &str = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*";
/// The same, with every run bounded: what the open ones make is mostly long, and takes its time.
const SHORT_V1_0: &str = r"[a-z0-9]{1,4}([._-][a-z0-9]{1,4}){0,3}(/[a-z0-9]{1,4}([._-][a-z0-9]{1,4}){0,3}){0,3}";
const SHORT_V1_1: &str = r"[a-z0-9]{1,4}((\.|_|__|-{1,4})[a-z0-9]{1,4}){0,3}(/[a-z0-9]{1,4}((\.|_|__|-{1,4})[a-z0-9]{1,4}){0,3}){0,3}";
const TAG: &str = r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}";

static WHOLE_V1_0: LazyLock<Regex> = LazyLock::new(|| whole(V1_0));
static WHOLE_V1_1: LazyLock<Regex> = LazyLock::new(|| whole(V1_1));
static WHOLE_TAG: LazyLock<Regex> = LazyLock::new(|| whole(TAG));

fn whole(pattern: &str) -> Regex {
    Regex::new(&format!(r"\A(?:{pattern})\z")).unwrap()
}

/// Texts that are nearly names: words and separators of every kind, in any order.
fn nearly_a_name() -> impl Strategy<Value = String> {
    let part = prop_oneof![4 => "[a-z0-9]{1,3}", 2 => "[._/-]", 1 => "(__|--|---|___|\\.\\.|//)", 1 => "[A-Z é\n%]"];
    proptest::collection::vec(part, 0..9).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn names_are_what_the_specification_s_expressions_match(text in nearly_a_name()) {
        prop_assert_eq!(NameGrammar::V1_0.matches(&text), WHOLE_V1_0.is_match(&text));
        prop_assert_eq!(NameGrammar::V1_1.matches(&text), WHOLE_V1_1.is_match(&text));
    }

    #[test]
    fn a_name_of_words_and_allowed_separators_is_taken(old in SHORT_V1_0, new in SHORT_V1_1) {
        prop_assert!(WHOLE_V1_0.is_match(&old) && NameGrammar::V1_0.matches(&old));
        prop_assert!(NameGrammar::V1_1.matches(&old));
        prop_assert!(WHOLE_V1_1.is_match(&new) && NameGrammar::V1_1.matches(&new));
    }

    #[test]
    fn tags_are_what_the_specification_s_expression_matches(text in "[a-zA-Z0-9._:é\n-]{0,6}", long in "[a-zA-Z0-9._-]{120,132}") {
        prop_assert_eq!(Tag::is_valid(&text), WHOLE_TAG.is_match(&text));
        prop_assert_eq!(Tag::is_valid(&long), WHOLE_TAG.is_match(&long));
    }

    #[test]
    fn a_digest_reads_back_what_it_writes(content: Vec<u8>, long: bool) {
        let algorithm = if long { Algorithm::Sha512 } else { Algorithm::Sha256 };
        let digest = Digest::of(algorithm, &content);
        prop_assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        prop_assert_eq!(serde_json::from_value::<Digest>(json!(digest)).unwrap(), digest);
    }

    #[test]
    fn pieces_hash_as_the_whole_does(content: Vec<u8>, cut: prop::sample::Index) {
        let at = cut.index(content.len() + 1);
        for algorithm in Algorithm::ALL {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(&content[..at]);
            let mut clone = hasher.clone();
            hasher.update(&content[at..]);
            clone.update(&content[at..]);
            prop_assert_eq!(hasher.finish(), Digest::of(algorithm, &content));
            prop_assert_eq!(clone.finish(), Digest::of(algorithm, &content));
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text: String, bytes: Vec<u8>) {
        let _ = text.parse::<Digest>();
        let _ = text.parse::<Reference>();
        let _ = text.parse::<RepositoryName>();
        let _ = MediaType::parse(&text).is_well_formed();
        let _ = Document::read(&MediaType::OCI_INDEX, &bytes);
    }
}

#[test]
fn known_content_has_its_known_digests() {
    assert_eq!(Digest::sha256(b"").to_string(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert!(Digest::of(Algorithm::Sha512, b"").to_string().starts_with("sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc"));
}

#[test]
fn a_malformed_digest_says_what_is_wrong() {
    let hex = "a".repeat(64);
    let cases = [
        (hex.clone(), DigestError::NoColon),
        (format!("md5:{hex}"), DigestError::Algorithm("md5".into())),
        (format!("SHA256:{hex}"), DigestError::Algorithm("SHA256".into())),
        ("sha256:abc".into(), DigestError::Length { algorithm: Algorithm::Sha256, want: 64, got: 3 }),
        (format!("sha512:{hex}"), DigestError::Length { algorithm: Algorithm::Sha512, want: 128, got: 64 }),
        (format!("sha256:{}", "A".repeat(64)), DigestError::NotHex),
        (format!("sha256:{}", "é".repeat(32)), DigestError::NotHex),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<Digest>(), Err(error), "{text}");
    }
}

#[test]
fn a_colon_tells_a_digest_from_a_tag() {
    assert!(matches!("v1.0".parse(), Ok(Reference::Tag(_))));
    assert!(matches!(Digest::sha256(b"x").to_string().parse(), Ok(Reference::Digest(_))));
    assert!(matches!("sha256:zz".parse::<Reference>(), Err(ReferenceError::Digest(_))));
    assert!(matches!(".hidden".parse::<Reference>(), Err(ReferenceError::Tag(_))));
}

#[test]
fn a_content_type_loses_parameters_and_case() {
    assert_eq!(MediaType::parse("Application/vnd.oci.image.index.v1+JSON; charset=utf-8"), MediaType::OCI_INDEX);
    assert!(MediaType::parse("").as_str().is_empty());
}

#[test]
fn each_media_type_is_of_one_kind() {
    assert!(MediaType::DOCKER_LIST.is_index() && !MediaType::DOCKER_LIST.is_manifest());
    assert!(MediaType::DOCKER_MANIFEST.is_manifest() && !MediaType::DOCKER_MANIFEST.is_index());
    assert!(MediaType::DOCKER_FOREIGN_LAYER_GZIP.is_layer() && MediaType::DOCKER_FOREIGN_LAYER_GZIP.is_foreign_layer());
    assert!(MediaType::OCI_LAYER_ZSTD.is_layer() && !MediaType::OCI_LAYER_ZSTD.is_foreign_layer());
    assert!(MediaType::OCI_EMPTY.is_config() && !MediaType::DOCKER_SCHEMA1.is_manifest());
    assert!(MediaType::OCI_MANIFEST.is_well_formed() && !MediaType::parse("json").is_well_formed());
}

fn manifest() -> serde_json::Value {
    json!({
        "schemaVersion": 2,
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": Digest::sha256(b"c"), "size": 1 },
        "layers": null,
        "futureField": [1, 2, 3],
    })
}

fn read(media_type: &MediaType, value: &serde_json::Value) -> Result<Document, DocumentError> {
    Document::read(media_type, value.to_string().as_bytes())
}

#[test]
fn a_manifest_with_unknown_fields_and_null_layers_is_read() {
    let document = read(&MediaType::OCI_MANIFEST, &manifest()).unwrap();
    assert_eq!(document.blobs().len(), 1);
    assert_eq!(document.artifact_type(), Some("application/vnd.oci.image.config.v1+json"));
    assert!(document.children().is_empty() && document.subject().is_none());
}

#[test]
fn an_artifact_type_of_its_own_comes_before_the_config_s() {
    let mut value = manifest();
    value["artifactType"] = json!("application/x.sbom");
    assert_eq!(read(&MediaType::OCI_MANIFEST, &value).unwrap().artifact_type(), Some("application/x.sbom"));
    value["artifactType"] = json!("");
    assert_eq!(read(&MediaType::OCI_MANIFEST, &value).unwrap().artifact_type(), Some("application/vnd.oci.image.config.v1+json"));
}

#[test]
fn a_document_that_is_not_what_it_came_as_is_refused() {
    let mut other_type = manifest();
    other_type["mediaType"] = json!(MediaType::DOCKER_MANIFEST);
    assert!(matches!(read(&MediaType::OCI_MANIFEST, &other_type), Err(DocumentError::OtherType { .. })));
    let mut both = manifest();
    both["manifests"] = json!([]);
    assert!(matches!(read(&MediaType::OCI_MANIFEST, &both), Err(DocumentError::Ambiguous)));
    let mut version = manifest();
    version["schemaVersion"] = json!(1);
    assert!(matches!(read(&MediaType::OCI_MANIFEST, &version), Err(DocumentError::SchemaVersion(1))));
    assert!(matches!(read(&MediaType::OCI_INDEX, &manifest()), Err(DocumentError::Shape { .. })));
    assert!(matches!(read(&MediaType::OCI_CONFIG, &manifest()), Err(DocumentError::UnknownType(_))));
}

#[test]
fn an_error_body_is_read_with_and_without_its_optional_parts() {
    let body: ErrorBody = serde_json::from_str(r#"{"errors":[{"code":"DENIED"},{"code":"odd","message":"","detail":[1]}]}"#).unwrap();
    assert_eq!(body.codes().cloned().collect::<Vec<_>>(), [ErrorCode::DENIED, ErrorCode::new("odd")]);
    assert!(!body.errors[1].code.is_well_formed());
    let own = serde_json::to_value(ErrorBody::new(ErrorCode::NAME_INVALID, "no")).unwrap();
    assert_eq!(own, json!({ "errors": [{ "code": "NAME_INVALID", "message": "no" }] }));
}

#[test]
fn every_listed_code_is_well_formed() {
    assert!(ErrorCode::OCI.iter().chain(&ErrorCode::DOCKER).all(ErrorCode::is_well_formed));
}
