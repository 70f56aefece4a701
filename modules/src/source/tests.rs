//! What addresses mean, compared once with what terraform says about each of them.

use super::*;

/// The form that `modules.json` has, or the error.
fn read(text: &str) -> String {
    match ModuleSource::parse(text) {
        Ok(source) => {
            let kind = match &source {
                ModuleSource::Local(_) => "local",
                ModuleSource::Registry(..) => "registry",
                ModuleSource::Remote(..) => "remote",
            };
            format!("{kind} {source}")
        }
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn every_form_of_address_is_read() {
    let table = [
        ("./", "local ./."),
        ("../", "local ./.."),
        ("./a", "local ./a"),
        ("./a/../b", "local ./b"),
        ("./a//b", "local ./a/b"),
        (".\\a", "local ./a"),
        ("../../a/", "local ../../a"),
        ("./a?ref=x", "local ./a?ref=x"),
        ("hashicorp/consul/aws", "registry registry.terraform.io/hashicorp/consul/aws"),
        ("hashicorp/consul/aws//modules/x", "registry registry.terraform.io/hashicorp/consul/aws//modules/x"),
        ("hashicorp/consul/aws//", "registry registry.terraform.io/hashicorp/consul/aws"),
        ("Foo/bar_baz/aws2", "registry registry.terraform.io/Foo/bar_baz/aws2"),
        ("REG.example.com/a/b/c", "registry reg.example.com/a/b/c"),
        ("example.com:8443/a/b/c", "registry example.com:8443/a/b/c"),
        ("example.com:443/a/b/c", "registry example.com/a/b/c"),
        ("127.0.0.1:8080/a/b/c", "registry 127.0.0.1:8080/a/b/c"),
        ("gitlab.com/a/b/c", "registry gitlab.com/a/b/c"),
        ("github.com/a/b", "remote git::https://github.com/a/b.git"),
        ("github.com/a/b/c/d?ref=v1", "remote git::https://github.com/a/b.git//c/d?ref=v1"),
        ("github.com/a/b.git//sub?ref=v1", "remote git::https://github.com/a/b.git//sub?ref=v1"),
        ("bitbucket.org/a/b", "remote git::https://bitbucket.org/a/b.git"),
        ("bitbucket.org/a", "remote git::https://bitbucket.org/a.git"),
        ("git@github.com:a/b.git//sub?ref=x", "remote git::ssh://git@github.com/a/b.git//sub?ref=x"),
        ("git::git@example.com:a/b", "remote git::ssh://git@example.com/a/b"),
        ("git::https://example.com/a.git?ref=v1&depth=1", "remote git::https://example.com/a.git?ref=v1&depth=1"),
        ("git::/tmp/a", "remote git::file:///tmp/a"),
        ("git::ext::sh -c id", "remote git::ext::sh -c id"),
        ("git://example.com/x.git", "remote git://example.com/x.git"),
        ("hg::http://example.com/x", "remote hg::http://example.com/x"),
        ("https://example.com/x.zip//sub?checksum=md5:ab", "remote https://example.com/x.zip//sub?checksum=md5:ab"),
        ("https::https://example.com/x.zip", "remote https::https://example.com/x.zip"),
        ("s3::https://s3.amazonaws.com/b/k.zip", "remote s3::https://s3.amazonaws.com/b/k.zip"),
        ("s3-eu-west-1.amazonaws.com/b/k.zip", "remote s3::https://s3-eu-west-1.amazonaws.com/b/k.zip"),
        ("b.s3.amazonaws.com/k.zip", "remote s3::https://s3.amazonaws.com/b/k.zip"),
        ("www.googleapis.com/storage/v1/b/k.zip", "remote gcs::https://www.googleapis.com/storage/v1/b/k.zip"),
        ("/tmp/a", "remote file:///tmp/a"),
        ("file::/tmp/a", "remote file::file:///tmp/a"),
        ("localhost:8765/a/b/c", "remote localhost:8765/a/b/c"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let unknown = [
        "foo",
        "foo/bar",
        ".",
        "..",
        "localhost/ns/name/aws",
        "foo.com/a/b",
        "foo/bar/baz/qux",
        "-foo/bar/baz",
        "foo/bar/AWS",
        "foo_/bar/aws",
        "foo/bar/aws_x",
        "git@github.com/a/b",
        "git::example.com/a/b",
        "git::-x",
        "git::./a",
        "ssh::git@example.com",
        " ./a",
        "xn--mnchen-3ya.de/a/b/c",
        "a/b/c?ref=x",
        "a/b/c//sub?ref=x",
        "a/b//c",
        "~/foo",
        ".foo",
        "foo//",
        "git::foo@example.com:a/b",
    ];
    for text in unknown {
        assert!(matches!(ModuleSource::parse(text), Err(SourceError::Unknown(_))), "{text:?}: {}", read(text));
    }
    let table = [
        ("", "error: the source is empty"),
        ("hashicorp/consul/aws//../x", "error: the folder \"../x\" leads outside of the module's package"),
        ("example.com/ns/name/aws//sub/../../x", "error: the folder \"../x\" leads outside of the module's package"),
        ("http://example.com/x.zip//../sub", "error: the folder \"../sub\" leads outside of the module's package"),
        ("github.com/a", "error: GitHub repositories are written github.com/OWNER/NAME"),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), expected, "{text:?}");
    }
    for text in ["./x", "git::file:///tmp/x", "foo"] {
        assert!(matches!(ModuleSource::parse_with_version(text), Err(SourceError::NotInRegistry(_))), "{text:?}");
    }
}

#[test]
fn passwords_are_not_shown() {
    let package =
        Package { forced: Some("git".to_owned()), url: "https://me:secret@example.com/x.git?ref=v1".to_owned() };
    assert_eq!(package.shown(), "git::https://me:redacted@example.com/x.git?ref=v1");
}
