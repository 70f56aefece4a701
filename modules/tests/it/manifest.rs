//! `modules.json` is what terraform writes.

use std::process::Command;

use crate::git::repository;
use crate::world::World;

fn world() -> World {
    let world = World::new("");
    repository(&world.beside("repo"));
    let repo = format!("git::file://{}", world.beside("repo").display());
    let far = world.beside("far").display().to_string();
    let calls = [
        ("zlocal", "./mod".to_owned()),
        ("alocal", "./mod/../mod".to_owned()),
        ("up", "../far".to_owned()),
        ("git", repo.clone()),
        ("sub", format!("{repo}//sub")),
        ("sub1", format!("{repo}//sub?ref=v1&depth=1")),
        ("glob", format!("{repo}//s*b")),
        ("far", far),
    ];
    let text: String =
        calls.iter().map(|(name, source)| format!("module {name:?} {{\n  source = {source:?}\n}}\n")).collect();
    world.write("main.tf", &text);
    world.write("mod/main.tf", "module \"inner\" {\n  source = \"./inner/\"\n}\n");
    world.write("mod/inner/main.tf", "module \"back\" {\n  source = \"../../mod/leaf\"\n}\n");
    world.write("mod/leaf/main.tf", "");
    world.write("../far/main.tf", "");
    world
}

#[test]
fn it_is_what_terraform_writes() {
    let world = world();
    let _ = world.get().places();
    let ours = world.read(".terraform/modules/modules.json");
    assert!(
        ours.starts_with("{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"alocal\""),
        "{ours}"
    );
    std::fs::remove_dir_all(world.path().join(".terraform")).unwrap();
    let terraform = Command::new("terraform")
        .arg("get")
        .current_dir(world.path())
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_CLI_CONFIG_FILE")
        .output();
    let Ok(output) = terraform else {
        eprintln!("skipped: it_is_what_terraform_writes: terraform is not installed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(ours, world.read(".terraform/modules/modules.json"));
    // What terraform installed is used as it is.
    let again = world.get();
    assert!(again.downloads.is_empty(), "{:?}", again.downloads);
    assert_eq!(ours, world.read(".terraform/modules/modules.json"));
}
