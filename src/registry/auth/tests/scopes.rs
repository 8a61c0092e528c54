use super::super::scope;
use super::*;
use crate::registry::config::Rights;

fn granted(asked: &str, rights: Rights) -> String {
    scope::list(&scope::grant([asked].into_iter(), rights))
}

#[test]
fn a_grant_is_what_was_asked_and_is_allowed() {
    // What is asked, what somebody with all rights gets, what a reader gets.
    let cases = [
        ("", "", ""),
        ("repository:a/b:pull", "repository:a/b:pull", "repository:a/b:pull"),
        ("repository:a/b:push,pull", "repository:a/b:pull,push", "repository:a/b:pull"),
        ("repository:a/b:delete", "repository:a/b:delete", ""),
        ("repository:a/b:*", ALL, "repository:a/b:pull"),
        ("repository:a/b:pull,fly", "repository:a/b:pull", "repository:a/b:pull"),
        ("repository:a:pull repository:b:push", "repository:a:pull repository:b:push", "repository:a:pull"),
        ("repository:a:pull+repository:b:pull", "repository:a:pull repository:b:pull", "repository:a:pull repository:b:pull"),
        ("repository:a:pull repository:a:push repository:a:pull", "repository:a:pull,push", "repository:a:pull"),
        ("repository(plugin):a:pull", "repository:a:pull", "repository:a:pull"),
        ("registry:catalog:*", "registry:catalog:*", ""),
        ("registry:catalog:pull", "", ""),
        ("registry:users:*", "", ""),
        ("repository:host:5000/a:pull", "", ""),
        ("repository:A:pull", "", ""),
        ("repository:../a:pull", "", ""),
        ("repository::pull", "", ""),
        ("repository:a:", "", ""),
        ("repository:a", "", ""),
        ("repository", "", ""),
        (":::", "", ""),
        ("nonsense repository:a:pull  ", "repository:a:pull", "repository:a:pull"),
    ];
    for (asked, all, reader) in cases {
        assert_eq!((granted(asked, Rights::All).as_str(), granted(asked, Rights::Pull).as_str()), (all, reader), "{asked}");
    }
}

#[test]
fn a_name_that_no_repository_can_have_is_not_granted() {
    let name = "a".repeat(255);
    assert_eq!(granted(&format!("repository:{name}:pull"), Rights::All), format!("repository:{name}:pull"));
    assert_eq!(granted(&format!("repository:{name}a:pull"), Rights::All), "");
}

#[test]
fn however_much_is_asked_the_token_fits_in_a_header_and_opens_what_it_grants() {
    let guard = guard(&Clock::system());
    let asked: Vec<String> = (0..5000).map(|at| format!("scope=repository:a{at}/b:pull,push")).collect();
    let token = token(&guard, &format!("repository:a/b:pull&{}", asked.join("&")));
    assert!(token.len() < 32 << 10, "{}", token.len());
    assert!(may(&guard, Some(&bearer(&token)), &to(Action::Pull)));
}

#[test]
fn a_foreign_grant_of_everything_covers_everything_in_its_repository() {
    let grants = [scope::Grant { kind: "repository(image)".into(), name: "a/b".into(), actions: vec!["*".into()] }];
    for action in [Action::Pull, Action::Push, Action::Delete] {
        assert!(scope::covers(&grants, &to(action)));
    }
    assert!(!scope::covers(&grants, &Access::Catalog));
}
