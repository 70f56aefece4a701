//! `infra init`, `get`, `modules` and `providers`: what prepares a directory, and what says what is in it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use infra_test_support::web::{Answer, WebServer};
use insta::assert_snapshot;

use crate::world::World;

/// A package with a module in its folder `inner`, as a registry or a release page would serve it.
fn package() -> Vec<u8> {
    let world = World::new("");
    world.write("package/inner/main.tf", "output \"far\" {\n  value = \"from far away\"\n}\n");
    let tar = world.directory().command("tar").args(["-czf", "package.tar.gz", "-C", "package", "inner"]);
    let _ = tar.run().assert_exit_code(0);
    std::fs::read(world.path().join("package.tar.gz")).unwrap()
}

/// Calls a module beside it and one from a web server.
fn calling(server: &WebServer) -> World {
    let world = World::new(&format!(
        r#"terraform {{
  required_providers {{
    random = {{
      source  = "hashicorp/random"
      version = "~> 3.6"
    }}
  }}
}}

module "near" {{
  source = "./near"
}}

module "far" {{
  source = "{}//inner"
}}

resource "terraform_data" "a" {{
  input = [module.near.near, module.far.far]
}}

output "a" {{
  value = terraform_data.a.output
}}
"#,
        server.url("/package.tar.gz")
    ));
    world.write(
        "near/main.tf",
        "resource \"random_id\" \"r\" {\n  byte_length = 2\n}\n\noutput \"near\" {\n  value = \"from near by\"\n}\n",
    );
    world.with_long_lines()
}

#[test]
fn a_directory_is_prepared_and_described() {
    let package = package();
    let server = WebServer::start(move |_| Answer::ok(package.clone()));
    let world = calling(&server);
    assert_snapshot!(world.shows(&["modules"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Module not installed
      --> main.tf:14:1
       |
    14 | module "far" {
       | ^^^^^^^^^^^^

      The module "http://127.0.0.1:[PORT]/package.tar.gz//inner" is not installed here. Run `infra init` to install it.
    "#);
    assert_snapshot!(world.shows(&["init"]), @"
    exit code: 0
    --- stdout ---
    Initializing modules...
    Downloading http://127.0.0.1:[PORT]/package.tar.gz for far...
    - far in .terraform/modules/far/inner
    - near in near
    Initializing the backend...
    Initializing provider plugins...
    - providers are built in: nothing to install

    infra has been initialized!

    Go on with `infra plan`. Other commands install missing modules by themselves; run this one again when the
    backend changes, or with -upgrade for newer modules.
    --- stderr ---
    ");
    assert_snapshot!(world.shows(&["init"]), @"
    exit code: 0
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    Initializing provider plugins...
    - providers are built in: nothing to install

    infra has been initialized!

    Go on with `infra plan`. Other commands install missing modules by themselves; run this one again when the
    backend changes, or with -upgrade for newer modules.
    --- stderr ---
    ");
    assert_eq!(server.take_paths(), ["/package.tar.gz"], "what is there is not fetched again");
    assert_snapshot!(world.shows(&["get", "-update"]), @"
    exit code: 0
    --- stdout ---
    Downloading http://127.0.0.1:[PORT]/package.tar.gz for far...
    --- stderr ---
    ");
    assert_eq!(server.take_paths(), ["/package.tar.gz"]);
    assert_snapshot!(world.shows(&["modules"]), @r#"
    exit code: 0
    --- stdout ---

    Modules declared by configuration:
    .
    ├── "far"[http://127.0.0.1:[PORT]/package.tar.gz//inner]
    └── "near"[./near]

    --- stderr ---
    "#);
    assert_snapshot!(world.shows_json(&["modules", "-json"]), @r#"
    exit code: 0
    --- stdout ---
    {
      "format_version": "1.0",
      "modules": [
        {
          "key": "far",
          "source": "http://127.0.0.1:[PORT]/package.tar.gz//inner",
          "version": ""
        },
        {
          "key": "near",
          "source": "./near",
          "version": ""
        }
      ]
    }
    --- stderr ---
    "#);
    let _ = world.apply();
    assert_snapshot!(world.shows(&["providers"]), @"
    exit code: 0
    --- stdout ---

    Providers required by configuration:
    .
    ├── provider[registry.terraform.io/hashicorp/random] ~> 3.6
    ├── provider[terraform.io/builtin/terraform]
    ├── module.far
    └── module.near
        └── provider[registry.terraform.io/hashicorp/random]

    Providers required by state:

        provider[registry.terraform.io/hashicorp/random]

        provider[terraform.io/builtin/terraform]

    --- stderr ---
    ");
    assert_eq!(world.succeed(&["output", "-json", "a"]).stdout.trim(), r#"["from near by","from far away"]"#);
    // What was changed by hand is said, and kept.
    world.write(".terraform/modules/far/inner/main.tf", "output \"far\" {\n  value = \"changed\"\n}\n");
    assert_snapshot!(world.shows(&["get"]), @"
    exit code: 0
    --- stdout ---
    --- stderr ---
    warning: Installed module was changed

      The files of module.far are not those that were installed from http://127.0.0.1:[PORT]/package.tar.gz. They are used as they are; to have the original ones again, run `infra get -update`.
    ");
    assert_eq!(server.take_paths(), [""; 0]);
}

#[test]
fn what_cannot_be_prepared_is_refused() {
    let world = World::new("").with_long_lines();
    world.directory().remove("main.tf");
    assert_snapshot!(world.shows(&["init"]), @"
    exit code: 0
    --- stdout ---
    infra initialized in an empty directory!

    The directory has no configuration files. Write some, and go on with `infra plan`.
    --- stderr ---
    ");
    let server = WebServer::start(|_| Answer::status(404));
    world.write("main.tf", format!("module \"far\" {{\n  source = \"{}\"\n}}\n", server.url("/a.zip")));
    assert_snapshot!(world.shows(&["init"]), @r#"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Downloading http://127.0.0.1:[PORT]/a.zip for far...
    --- stderr ---
    error: Failed to download module
     --> main.tf:1:1
      |
    1 | module "far" {
      | ^^^^^^^^^^^^

      The module's package http://127.0.0.1:[PORT]/a.zip could not be downloaded: http://127.0.0.1:[PORT]/a.zip answered with status 404 (not found).
    "#);
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    Downloading http://127.0.0.1:[PORT]/a.zip for far...
    error: Failed to download module
     --> main.tf:1:1
      |
    1 | module "far" {
      | ^^^^^^^^^^^^

      The module's package http://127.0.0.1:[PORT]/a.zip could not be downloaded: http://127.0.0.1:[PORT]/a.zip answered with status 404 (not found).
    "#);
    assert!(!world.exists(".terraform/modules/far"));
    world.write("main.tf", "terraform {\n  required_providers {\n    x = {\n      source = \"example/x\"\n    }\n  }\n}\n\nresource \"x_y\" \"z\" {}\n");
    assert_snapshot!(world.shows(&["init"]), @r#"
    exit code: 1
    --- stdout ---
    Initializing modules...
    Initializing the backend...
    Initializing provider plugins...
    --- stderr ---
    error: Provider not available
     --> main.tf:9:10
      |
    9 | resource "x_y" "z" {}
      |          ^^^^^

      The provider registry.terraform.io/example/x is not part of infra, which has the AWS provider and a few small ones built in. Remove what needs it, or manage that part with terraform.
    "#);
}

/// Holds the first answer back until it is told otherwise.
#[derive(Default)]
struct Gate {
    was_reached: AtomicBool,
    is_open: Mutex<bool>,
    opened: Condvar,
}

#[test]
fn a_kill_during_a_download_leaves_nothing_half_done() {
    let package = package();
    let gate = Arc::new(Gate::default());
    let at_server = gate.clone();
    let server = WebServer::start(move |_| {
        if !at_server.was_reached.swap(true, Ordering::SeqCst) {
            let is_open = at_server.is_open.lock().unwrap();
            drop(at_server.opened.wait_while(is_open, |is_open| !*is_open));
        }
        Answer::ok(package.clone())
    });
    let world = calling(&server);
    let running = world.infra(&["init"]).spawn();
    for _ in 0..600 {
        if gate.was_reached.load(Ordering::SeqCst) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(gate.was_reached.load(Ordering::SeqCst), "init asks for the package");
    running.kill_9();
    let killed = running.wait(Duration::from_secs(10)).unwrap();
    assert_ne!(killed.exit_code, Some(0), "{killed}");
    *gate.is_open.lock().unwrap() = true;
    gate.opened.notify_all();
    assert!(!world.exists(".terraform/modules/far"), "{:?}", world.directory().list());
    // The next command goes on by itself, and leaves nothing of the first attempt.
    let _ = world.succeed(&["validate"]);
    let left: Vec<String> =
        world.directory().list().into_iter().filter(|path| path.starts_with(".terraform")).collect();
    let folder = ".terraform/modules";
    assert_eq!(
        left,
        [".lock", "far/inner/main.tf", "infra.json", "modules.json"].map(|name| format!("{folder}/{name}"))
    );
}

#[test]
fn upgrading_fetches_everything_anew() {
    let package = package();
    let server = WebServer::start(move |_| Answer::ok(package.clone()));
    let world = calling(&server);
    let _ = world.succeed(&["init"]);
    assert_eq!(server.take_paths(), ["/package.tar.gz"]);
    let output = world.succeed(&["init", "-upgrade"]);
    assert!(output.stdout.starts_with("Upgrading modules..."), "{output}");
    assert_eq!(server.take_paths(), ["/package.tar.gz"]);
    let _ = world.succeed(&["init", "-get=false"]);
    assert_eq!(server.take_paths(), [""; 0]);
}
