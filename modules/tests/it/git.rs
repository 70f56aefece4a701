//! Packages from git repositories.

use std::fs;
use std::path::Path;

use crate::world::{World, run};

/// Makes a repository with a tag `v1` and a branch `feature/x` at the same commit, and a later commit that adds an output.
pub fn repository(path: &Path) {
    fs::create_dir_all(path.join("sub")).unwrap();
    fs::create_dir_all(path.join("other")).unwrap();
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write("main.tf", "output \"v\" {\n  value = 1\n}\n");
    write("sub/main.tf", "module \"n\" {\n  source = \"../other\"\n}\n");
    write("other/main.tf", "output \"o\" {\n  value = 1\n}\n");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        run("git", &[&identity, arguments].concat(), path);
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "one"]);
    git(&["tag", "v1"]);
    git(&["branch", "feature/x"]);
    write("later.tf", "output \"later\" {\n  value = 1\n}\n");
    git(&["add", "-A"]);
    git(&["commit", "-qm", "two"]);
}

#[test]
fn references_depths_and_folders() {
    // Arguments, where the module is, and whether it is the later commit.
    let table = [
        ("", ".terraform/modules/m", true),
        ("?ref=v1", ".terraform/modules/m", false),
        ("?ref=main&depth=1", ".terraform/modules/m", true),
        ("?ref=v1&depth=1", ".terraform/modules/m", false),
        ("?depth=1", ".terraform/modules/m", true),
        ("?ref=feature%2Fx", ".terraform/modules/m", false),
        ("?ref=feature/x&depth=1", ".terraform/modules/m", false),
        ("?ref=main~1", ".terraform/modules/m", false),
        ("//other?ref=v1", ".terraform/modules/m/other", false),
    ];
    for (arguments, place, is_later) in table {
        let world = World::new("");
        repository(&world.beside("repo"));
        let url = format!("git::file://{}{arguments}", world.beside("repo").display());
        world.write("main.tf", &format!("module \"m\" {{\n  source = {url:?}\n}}\n"));
        assert_eq!(world.get().places(), [format!("m in {place}")], "{arguments}");
        assert_eq!(world.exists(".terraform/modules/m/later.tf"), is_later, "{arguments}");
        assert!(!world.exists(".terraform/modules/m/.git"), "{arguments}");
        world.assert_tidy();
    }
}

#[test]
fn modules_of_a_package_call_each_other() {
    let world = World::new("");
    repository(&world.beside("repo"));
    let url = format!("git::file://{}//sub", world.beside("repo").display());
    world.write("main.tf", &format!("module \"m\" {{\n  source = {url:?}\n}}\n"));
    assert_eq!(world.get().places(), ["m in .terraform/modules/m/sub", "m.n in .terraform/modules/m/other"]);
}

#[test]
fn a_package_cannot_call_what_is_outside_of_it() {
    let world = World::new("");
    let repository_path = world.beside("repo");
    repository(&repository_path);
    fs::write(repository_path.join("sub/main.tf"), "module \"n\" {\n  source = \"../../out\"\n}\n").unwrap();
    run("git", &["-c", "user.name=t", "-c", "user.email=t@e.com", "commit", "-qam", "three"], &repository_path);
    let url = format!("git::file://{}//sub", repository_path.display());
    world.write("main.tf", &format!("module \"m\" {{\n  source = {url:?}\n}}\n"));
    world.get().assert_mistake("Local module path escapes module package, line 2", &["../../out"]);
}

#[test]
fn what_is_wrong_is_said() {
    let world = World::new("");
    repository(&world.beside("repo"));
    let repo = format!("git::file://{}", world.beside("repo").display());
    let table: &[(String, &str, &[&str])] = &[
        (format!("{repo}?ref=nope"), "Failed to download module, line 1", &["check out \"nope\"", "invalid reference"]),
        (format!("{repo}?ref=nope&depth=1"), "Failed to download module, line 1", &["branch or tag"]),
        (format!("{repo}?ref=--upload-pack=id"), "Failed to download module, line 1", &["no name of a branch"]),
        (format!("{repo}//nope"), "Failed to expand subdir globs, line 2", &["no folder \"nope\""]),
        ("git::ext::sh -c id".to_owned(), "Failed to download module, line 1", &["not allowed"]),
        (format!("{repo}-none"), "Failed to download module, line 1", &["git could not clone"]),
    ];
    for (source, beginning, parts) in table {
        world.write("main.tf", &format!("module \"m\" {{\n  source = {source:?}\n}}\n"));
        world.get().assert_mistake(beginning, parts);
        world.assert_tidy();
    }
}

#[test]
fn submodules_come_along() {
    let mut world = World::new("");
    repository(&world.beside("inner"));
    repository(&world.beside("outer"));
    let (inner, outer) = (world.beside("inner"), world.beside("outer"));
    let allow = ["-c", "protocol.file.allow=always", "-c", "user.name=t", "-c", "user.email=t@e.com"];
    run("git", &[&allow[..], &["submodule", "--quiet", "add", &inner.display().to_string(), "third"]].concat(), &outer);
    run("git", &[&allow[..], &["commit", "-qm", "three"]].concat(), &outer);
    for (name, value) in
        [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "protocol.file.allow"), ("GIT_CONFIG_VALUE_0", "always")]
    {
        world.variables.insert(name.to_owned(), value.to_owned());
    }
    let url = format!("git::file://{}//third/other", outer.display());
    world.write("main.tf", &format!("module \"m\" {{\n  source = {url:?}\n}}\n"));
    assert_eq!(world.get().places(), ["m in .terraform/modules/m/third/other"]);
}
