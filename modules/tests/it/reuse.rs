//! What is downloaded, how often, and what becomes of it.

use std::sync::{Arc, Barrier};

use infra_modules::Policy;
use infra_test_support::web::{Answer, WebServer};

use crate::git::repository;
use crate::pack::{self, SMALL};
use crate::world::World;

fn calls(sources: &[(&str, String)]) -> String {
    sources.iter().map(|(name, source)| format!("module {name:?} {{\n  source = {source:?}\n}}\n")).collect()
}

#[test]
fn a_package_is_downloaded_once_for_all_its_calls() {
    let server = WebServer::start(|_| Answer::ok(pack::zip(SMALL)));
    let url = server.url("/a.zip");
    let world = World::new(&calls(&[("a", url.clone()), ("b", url.clone()), ("c", server.url("/a.zip//inner"))]));
    let ran = world.get();
    assert_eq!(
        ran.places(),
        ["a in .terraform/modules/a", "b in .terraform/modules/b", "c in .terraform/modules/c/inner"]
    );
    assert_eq!(ran.downloads, [format!("{url} for a, b, c")]);
    assert_eq!(server.take_paths(), ["/a.zip"]);
    world.assert_tidy();
}

#[test]
fn packages_are_downloaded_at_once() {
    // Neither answer comes before both were asked for.
    let both = Arc::new(Barrier::new(2));
    let server = WebServer::start(move |_| {
        both.wait();
        Answer::ok(pack::zip(SMALL))
    });
    let world = World::new(&calls(&[("a", server.url("/a.zip")), ("b", server.url("/b.zip"))]));
    assert_eq!(world.get().places().len(), 2);
}

#[test]
fn what_is_installed_is_used_without_a_network() {
    let world = World::new("");
    let repo = world.beside("repo");
    repository(&repo);
    let source = format!("git::file://{}//sub", repo.display());
    world.write("main.tf", &calls(&[("m", source.clone())]));
    let places = world.get().places();
    std::fs::rename(&repo, world.beside("gone")).unwrap();
    for policy_writes in [true, false] {
        let again = world.run(Policy::FetchMissing, policy_writes);
        assert_eq!(again.places(), places);
        assert!(again.downloads.is_empty() && again.loaded.changed.is_empty());
    }
    world.run(Policy::FetchAll, true).assert_mistake("Failed to download module, line 1", &["git could not clone"]);
    assert_eq!(world.get().places(), places, "a failed update leaves what was there");
    // Another source is another module.
    world.write("main.tf", &calls(&[("m", format!("{source}?ref=v1"))]));
    world.get().assert_mistake("Failed to download module, line 1", &[]);
    std::fs::rename(world.beside("gone"), &repo).unwrap();
    assert_eq!(world.get().places(), places);
}

#[test]
fn updates_fetch_everything_anew() {
    let world = World::new("");
    let repo = world.beside("repo");
    repository(&repo);
    world.write("main.tf", &calls(&[("m", format!("git::file://{}", repo.display()))]));
    let _ = world.get().places();
    world.write(".terraform/modules/m/main.tf", "output \"mine\" {\n  value = 1\n}\n");
    let warned = world.get();
    let warnings: Vec<_> = warned.loaded.diagnostics.iter().map(|found| found.summary.as_str()).collect();
    assert_eq!(warnings, ["Installed module was changed"]);
    let updated = world.run(Policy::FetchAll, true);
    assert_eq!(updated.downloads.len(), 1);
    assert!(updated.loaded.diagnostics.iter().next().is_none());
    assert!(world.read(".terraform/modules/m/main.tf").contains("\"v\""));
}

#[test]
fn all_mistakes_come_in_one_run() {
    let server = WebServer::start(|_| Answer::status(404));
    let world =
        World::new(&calls(&[("a", server.url("/a.zip")), ("b", "foo".to_owned()), ("c", server.url("/c.zip"))]));
    let summaries: Vec<String> =
        world.get().mistakes().iter().map(|mistake| mistake.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(
        summaries,
        [
            "Failed to download module, line 1",
            "Invalid module source address, line 5",
            "Failed to download module, line 7"
        ]
    );
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let server = WebServer::start(|_| Answer::ok(pack::zip(SMALL)));
    let world = World::new(&calls(&[("a", server.url("/a.zip"))]));
    world.write(".terraform/modules/.unfinished/download-x/module/main.tf", "half");
    world.write(".terraform/modules/a/old.tf", "locals {}\n");
    assert_eq!(world.get().places(), ["a in .terraform/modules/a"]);
    assert!(!world.exists(".terraform/modules/a/old.tf"));
    world.assert_tidy();
}

#[test]
fn local_paths_are_not_copied() {
    let world = World::new(&calls(&[("m", "./mod".to_owned())]));
    world.write("mod/main.tf", "module \"inner\" {\n  source = \"./inner\"\n}\n");
    world.write("mod/inner/main.tf", "");
    assert_eq!(world.run(Policy::FetchMissing, false).places(), ["m in mod", "m.inner in mod/inner"]);
    assert!(!world.exists(".terraform"));
}

#[test]
fn absolute_paths_become_links() {
    let world = World::new("");
    world.write("../far/sub/main.tf", "");
    let source = format!("{}//sub", world.beside("far").display());
    world.write("main.tf", &calls(&[("a", source.clone()), ("b", source)]));
    let places = world.get().places();
    assert_eq!(places, ["a in .terraform/modules/a/sub", "b in .terraform/modules/b/sub"]);
    for name in ["a", "b"] {
        let target = std::fs::read_link(world.path().join(".terraform/modules").join(name)).unwrap();
        assert_eq!(target, world.beside("far"));
    }
}
