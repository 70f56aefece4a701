use super::*;
use crate::syntax::{SourceMap, parse_bytes, print};

/// The blocks of a base file after those of override files, printed, and the headlines of mistakes.
fn merged(base: &str, changes: &[&str]) -> (String, Vec<String>) {
    let sources = SourceMap::new();
    let read = |text: &str| {
        let (_, body, mistakes) = parse_bytes(&sources, "x.tf", text.as_bytes());
        assert!(mistakes.is_empty(), "{mistakes:?}");
        body.blocks
    };
    let mut diagnostics = Diagnostics::new();
    let blocks = merge(read(base), changes.iter().map(|text| read(text)).collect(), &mut diagnostics);
    let body = Body { blocks, ..Body::default() };
    (print::body(&body), diagnostics.iter().map(|found| found.summary.clone()).collect())
}

#[test]
fn arguments_and_kinds_of_blocks_are_replaced() {
    let base = "resource \"a\" \"b\" {
  x = 1
  y = 1
  step {
    x = 1
  }
  dynamic \"step\" {
    for_each = []
  }
  other {
  }
  provisioner \"local-exec\" {
  }
  connection {
    host = 1
  }
  lifecycle {
    ignore_changes = [x]
    prevent_destroy = true
  }
}
resource \"a\" \"b\" {
}";
    let first = "resource \"a\" \"b\" {
  x = 2
  dynamic \"step\" {
    for_each = [2]
  }
  lifecycle {
    ignore_changes = [y]
  }
}";
    let second = "resource \"a\" \"b\" {
  x = 3
  step {
    x = 3
  }
  connection {
    user = 3
  }
  provisioner \"file\" {
  }
}
provider \"a\" {
}";
    let (printed, mistakes) = merged(base, &[first, second]);
    insta::assert_snapshot!(printed, @r#"
    resource "a" "b" {
      y = 1
      x = 3
      other {
      }
      lifecycle {
        prevent_destroy = true
        ignore_changes = [y]
      }
      step {
        x = 3
      }
      connection {
        user = 3
      }
      provisioner "file" {
      }
    }
    resource "a" "b" {
    }
    provider "a" {
    }
    "#);
    assert!(mistakes.is_empty(), "{mistakes:?}");
}

#[test]
fn settings_are_replaced_by_name() {
    let base = "terraform {
  required_version = \"1\"
  required_providers {
    a = \"1\"
    b = \"1\"
  }
  backend \"s3\" {
  }
}";
    let changes = [
        "terraform {
  required_version = \"2\"
  required_providers {
    a = \"2\"
    c = \"2\"
  }
  cloud {
  }
}
terraform {
  required_version = \"3\"
}",
        "terraform {
  backend \"local\" {
  }
  backend \"s3\" {
  }
}",
    ];
    let (printed, mistakes) = merged(base, &changes);
    insta::assert_snapshot!(printed, @r#"
    terraform {
      required_providers {
        b = "1"
        a = "2"
        c = "2"
      }
    }
    terraform {
      required_version = "2"
    }
    terraform {
      required_version = "3"
    }
    terraform {
      backend "local" {
      }
    }
    "#);
    assert_eq!(mistakes, ["Duplicate backend configuration"]);
}
