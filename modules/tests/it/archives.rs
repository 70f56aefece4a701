//! Packages from web servers.

use infra_test_support::web::{Answer, WebServer};

use crate::pack::{self, SMALL};
use crate::world::World;

fn server() -> WebServer {
    WebServer::start(|request| {
        let path = request.path.split('?').next().unwrap_or_default();
        match path {
            "/a.zip" => Answer::ok(pack::zip(SMALL)),
            "/a.tar" => Answer::ok(pack::tar(SMALL)),
            "/a.tar.gz" | "/a.tgz" | "/plain" => Answer::ok(pack::gzip(&pack::tar(SMALL))),
            "/a.tar.bz2" | "/a.tbz2" => Answer::ok(pack::bzip2(&pack::tar(SMALL))),
            "/a.tar.xz" | "/a.txz" => Answer::ok(include_bytes!("small.tar.xz")),
            "/moved.zip" => Answer::status(302).with("location", "/a.zip"),
            "/header" => Answer::status(204).with("x-terraform-get", "/a.tar.gz//inner"),
            "/meta" => Answer::ok("<html><meta name=\"terraform-get\" content=\"./a.zip\"></html>"),
            "/page" => Answer::ok("hello"),
            "/round" => Answer::status(204).with("x-terraform-get", "/round"),
            "/local" => Answer::status(204).with("x-terraform-get", "file:///etc"),
            "/forced" => Answer::status(204).with("x-terraform-get", "git::file:///etc"),
            "/evil.zip" => Answer::ok(pack::zip(&[("../evil.tf", "")])),
            "/evil.tar" => Answer::ok(pack::tar(&[("../evil.tf", "")])),
            "/absolute.tar" => Answer::ok(pack::tar(&[("/evil.tf", "")])),
            "/outside.tar" => Answer::ok(pack::tar_with_links(&[], &[("a", "/etc")])),
            "/upwards.tar" => Answer::ok(pack::tar_with_links(&[], &[("d/a", "../../x")])),
            "/through.tar" => Answer::ok(pack::tar_with_links(&[("a/evil.tf", "")], &[("a", "b")])),
            "/chain.tar" => {
                Answer::ok(pack::tar_with_links(&[("x.tf", "")], &[("d/e/up", "../.."), ("out", "d/e/up/../..")]))
            }
            "/linked.tar" => Answer::ok(pack::tar_with_links(&[("d/main.tf", "locals {}\n")], &[("inner", "d")])),
            _ => Answer::status(404),
        }
    })
}

#[test]
fn every_kind_of_archive_is_unpacked() {
    let server = server();
    let table = [
        ("/a.zip", "m in .terraform/modules/m"),
        ("/a.tar", "m in .terraform/modules/m"),
        ("/a.tar.gz", "m in .terraform/modules/m"),
        ("/a.tgz?x=1", "m in .terraform/modules/m"),
        ("/a.tar.bz2", "m in .terraform/modules/m"),
        ("/a.tbz2", "m in .terraform/modules/m"),
        ("/a.tar.xz", "m in .terraform/modules/m"),
        ("/a.txz//inner", "m in .terraform/modules/m/inner"),
        ("/a.zip//in*", "m in .terraform/modules/m/inner"),
        ("/plain?archive=tar.gz", "m in .terraform/modules/m"),
        ("/moved.zip", "m in .terraform/modules/m"),
        ("/header", "m in .terraform/modules/m"),
        ("/meta//inner", "m in .terraform/modules/m/inner"),
        ("/linked.tar//inner", "m in .terraform/modules/m/inner"),
    ];
    for (path, expected) in table {
        let world = World::calling(&server.url(path), None);
        assert_eq!(world.get().places(), [expected], "{path}");
        world.assert_tidy();
    }
}

#[test]
fn what_is_wrong_is_refused_at_its_line() {
    let server = server();
    let table: &[(&str, &str, &[&str])] = &[
        ("/nothing.zip", "Failed to download module, line 1", &["status 404 (not found)"]),
        ("/page", "Failed to download module, line 1", &["X-Terraform-Get"]),
        ("/round", "Failed to download module, line 1", &["more than 5 times"]),
        ("/local", "Failed to download module, line 1", &["cannot be fetched with \"file\""]),
        ("/forced", "Failed to download module, line 1", &["cannot be fetched with \"file\""]),
        ("/a.tar.gz?archive=zip", "Failed to download module, line 1", &["no zip archive"]),
        ("/a.zip//nope", "Failed to expand subdir globs, line 2", &["no folder \"nope\""]),
        ("/evil.zip", "Failed to download module, line 1", &["\"../evil.tf\" leads outside"]),
        ("/evil.tar", "Failed to download module, line 1", &["\"../evil.tf\" leads outside"]),
        ("/absolute.tar", "Failed to download module, line 1", &["\"/evil.tf\" leads outside"]),
        ("/outside.tar", "Failed to download module, line 1", &["leads to \"/etc\""]),
        ("/upwards.tar", "Failed to download module, line 1", &["leads to \"../../x\""]),
        ("/through.tar", "Failed to download module, line 1", &["through a link"]),
        ("/chain.tar", "Failed to download module, line 1", &["outside of the archive"]),
    ];
    for (path, beginning, parts) in table {
        let world = World::calling(&server.url(path), None);
        world.get().assert_mistake(beginning, parts);
        world.assert_tidy();
        assert!(!world.exists(".terraform/modules/m") || path.contains("nope"), "{path}");
    }
}

#[test]
fn checksums_are_compared() {
    let server = server();
    let world = World::calling(&server.url("/a.tar?checksum=md5:00000000000000000000000000000000"), None);
    world.get().assert_mistake("Failed to download module, line 1", &["00000000000000000000000000000000 was expected"]);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(pack::tar(SMALL));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let world = World::calling(&server.url(&format!("/a.tar?checksum=sha256:{digest}")), None);
    assert_eq!(world.get().places(), ["m in .terraform/modules/m"]);
}

#[test]
fn what_cannot_be_fetched_is_said() {
    for (source, part) in [
        ("hg::http://127.0.0.1:1/x", "\"hg\""),
        ("gcs::https://www.googleapis.com/storage/v1/b/k.zip", "\"gcs\""),
        ("oci://127.0.0.1/x", "\"oci\""),
    ] {
        World::calling(source, None).get().assert_mistake("Failed to download module, line 1", &[part, "Use git"]);
    }
    World::calling("http://127.0.0.1:1/a.zip", None)
        .get()
        .assert_mistake("Failed to download module, line 1", &["http://127.0.0.1:1/a.zip could not be reached"]);
}
