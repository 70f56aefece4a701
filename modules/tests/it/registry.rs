//! Modules of registries.

use infra_test_support::web::{Answer, WebServer};

use crate::pack::{self, SMALL};
use crate::world::World;

const VERSIONS: &[&str] = &["1.0.0", "1.1.0", "2.0.0-beta1", "1.2.0-rc1", "0.9.0", "nonsense"];

fn server() -> WebServer {
    WebServer::start(|request| {
        let has_token = request.headers.get("authorization").is_some_and(|value| value == "Bearer secret");
        let parts: Vec<&str> = request.path.split(['/', '?']).collect();
        match parts.as_slice() {
            ["", "v1", "modules", "a", "none", ..] => Answer::status(404),
            ["", "v1", "modules", "a", "private", ..] if !has_token => Answer::status(401),
            ["", "v1", "modules", "a", "broken", ..] => Answer::ok("<html>"),
            ["", "v1", "modules", _, _, _, "versions"] => {
                let versions: Vec<String> =
                    VERSIONS.iter().map(|version| format!("{{\"version\":\"{version}\"}}")).collect();
                Answer::ok(format!("{{\"modules\":[{{\"versions\":[{}]}}]}}", versions.join(",")))
            }
            ["", "v1", "modules", _, "body", _, _, "download"] => Answer::ok("{\"location\":\"/small.tar.gz\"}"),
            ["", "v1", "modules", _, "folder", _, _, "download"] => {
                Answer::status(204).with("x-terraform-get", "/small.tar.gz//inner?archive=tar.gz")
            }
            ["", "v1", "modules", _, "disk", _, _, "download"] => {
                Answer::status(204).with("x-terraform-get", "file:///etc")
            }
            ["", "v1", "modules", _, _, _, _, "download"] => {
                Answer::status(204).with("x-terraform-get", "../../../../../../small.tar.gz")
            }
            ["", "small.tar.gz", ..] => Answer::ok(pack::gzip(&pack::tar(SMALL))),
            _ => Answer::status(500),
        }
    })
}

fn world(server: &WebServer, source: &str, version: Option<&str>) -> World {
    World::calling(source, version).with_registry("reg.example.com", &server.url("/v1/modules/"))
}

#[test]
fn the_highest_allowed_version_is_chosen() {
    let server = server();
    let table = [
        (None, "1.1.0"),
        (Some("1.0"), "1.0.0"),
        (Some("~> 1.0.0"), "1.0.0"),
        (Some("~> 1"), "1.1.0"),
        (Some(">= 1.0, != 1.1.0"), "1.0.0"),
        (Some("< 1"), "0.9.0"),
        (Some("2.0.0-beta1"), "2.0.0-beta1"),
        (Some("=2.0.0-beta1"), "2.0.0-beta1"),
        (Some(">= 1.0.0, < 2.0.0"), "1.1.0"),
    ];
    for (constraint, expected) in table {
        let ran = world(&server, "reg.example.com/a/b/c", constraint).get();
        assert_eq!(ran.places(), [format!("m {expected} in .terraform/modules/m")], "{constraint:?}");
        assert_eq!(ran.downloads, [format!("reg.example.com/a/b/c {expected} for m")]);
    }
    for constraint in [">= 2.0.0-beta1", "~> 2.0.0-beta1", ">= 3", "> 1.0.0, < 1.0.1"] {
        let ran = world(&server, "reg.example.com/a/b/c", Some(constraint)).get();
        ran.assert_mistake("Unresolvable module version constraint, line 1", &["newest there is is 1.1.0"]);
    }
}

#[test]
fn locations_have_several_forms() {
    let server = server();
    for (source, expected) in [
        ("reg.example.com/a/b/c//inner", "m 1.1.0 in .terraform/modules/m/inner"),
        ("reg.example.com/a/body/c", "m 1.1.0 in .terraform/modules/m"),
        ("REG.example.com/a/folder/c", "m 1.1.0 in .terraform/modules/m/inner"),
    ] {
        assert_eq!(world(&server, source, None).get().places(), [expected], "{source}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let server = server();
    let unreachable = "Error accessing remote module registry, line 1";
    let table: &[(&str, Option<&str>, &str, &[&str])] = &[
        ("reg.example.com/a/none/c", None, "Module not found, line 1", &["reg.example.com has no module a/none/c"]),
        ("reg.example.com/a/broken/c", None, unreachable, &["did not answer as a module registry does"]),
        ("reg.example.com/a/private/c", None, unreachable, &["wants a token;", "TF_TOKEN_reg_example_com"]),
        ("reg.example.com/a/disk/c", None, "Invalid module source address, line 1", &["must not name a path"]),
        ("127.0.0.1:1/a/b/c", None, unreachable, &["could not be reached"]),
        ("reg.example.com/a/b/c", Some("x.y"), "Invalid version constraint, line 3", &["\"x.y\""]),
        ("./x", Some("1.0"), "Invalid registry module source address, line 2", &["\"./x\" is a local path"]),
        ("git::file:///x", Some("1.0"), "Invalid registry module source address, line 2", &["no registry address"]),
        ("foo", None, "Invalid module source address, line 2", &["write \"./foo\""]),
        ("", None, "Invalid module source address, line 2", &["the source is empty"]),
    ];
    for (source, version, beginning, parts) in table {
        world(&server, source, *version).get().assert_mistake(beginning, parts);
    }
}

#[test]
fn tokens_come_from_the_environment_before_the_file() {
    let server = server();
    let mut world = world(&server, "reg.example.com/a/private/c", None);
    world.variables.insert("TF_TOKEN_reg_example_com".to_owned(), "wrong".to_owned());
    world.get().assert_mistake("Error accessing remote module registry, line 1", &["refused the one it was given"]);
    world.variables.insert("TF_TOKEN_reg_example_com".to_owned(), "secret".to_owned());
    assert_eq!(world.get().places(), ["m 1.1.0 in .terraform/modules/m"]);
    let asked = server.requests();
    let packages: Vec<_> = asked.iter().filter(|request| request.path.contains("small")).collect();
    assert!(!packages.is_empty() && packages.iter().all(|request| !request.headers.contains_key("authorization")));
}

#[test]
fn tokens_stand_in_files_too() {
    let server = server();
    let host = format!(
        "host \"reg.example.com\" {{\n  services = {{\n    \"modules.v1\" = {:?}\n  }}\n}}\n",
        server.url("/v1/modules/")
    );
    let credentials = "credentials \"reg.example.com\" {\n  token = \"secret\"\n}\n";
    let json = "{\"credentials\": {\"reg.example.com\": {\"token\": \"secret\"}}}";
    let forms: &[&[(&str, &str)]] = &[
        &[("../home/.terraformrc", &format!("{host}{credentials}"))],
        &[("../home/.terraformrc", &host), ("../home/.terraform.d/credentials.tfrc.json", json)],
    ];
    for files in forms {
        let world = World::calling("reg.example.com/a/private/c", None);
        for (name, text) in *files {
            world.write(name, text);
        }
        assert_eq!(world.get().places(), ["m 1.1.0 in .terraform/modules/m"]);
    }
}
