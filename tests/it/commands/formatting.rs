//! `infra fmt`: which files it takes, what it prints, what it exits with.

use crate::world::World;

const MESSY: &str = "a=1\n";
const CANONICAL: &str = "a = 1\n";

/// A directory with files to format and files to leave alone, in it and below.
fn messy_world() -> World {
    let world = World::new(MESSY);
    let messy = ["x.tfvars", "y.tftest.hcl", "z.tfmock.hcl", "notes.txt", "x.tf~", "below/main.tf", ".hidden/main.tf"];
    for path in messy {
        world.write(path, MESSY);
    }
    world.write("good.tf", CANONICAL);
    world
}

#[test]
fn it_takes_the_files_that_terraform_takes() {
    let world = messy_world();
    let output = world.run(&["fmt", "-check"]).assert_exit_code(3);
    assert_eq!(output.stdout, "main.tf\nx.tfvars\ny.tftest.hcl\nz.tfmock.hcl\n");
    assert_eq!(world.read("main.tf"), MESSY);
    let output = world.run(&["fmt", "-check", "-list=false", "-diff"]).assert_exit_code(3);
    assert_eq!(output.stdout, "");
    assert_eq!(
        world.succeed(&["fmt", "-recursive"]).stdout,
        "below/main.tf\nmain.tf\nx.tfvars\ny.tftest.hcl\nz.tfmock.hcl\n"
    );
    assert_eq!(world.read("below/main.tf"), CANONICAL);
    assert_eq!([world.read(".hidden/main.tf"), world.read("x.tf~")], [MESSY, MESSY]);
    assert_eq!(world.succeed(&["fmt", "-check", "-recursive"]).stdout, "");
}

#[test]
fn what_is_not_written_is_printed() {
    let world = messy_world();
    let output = world.succeed(&["fmt", "-diff", "-write=false", "./main.tf"]);
    assert_eq!(output.stdout, "main.tf\n--- old/main.tf\n+++ new/main.tf\n@@ -1 +1 @@\n-a=1\n+a = 1\n");
    assert_eq!(world.succeed(&["fmt", "-list=false", "-write=false", "main.tf"]).stdout, CANONICAL);
    assert_eq!(world.infra(&["fmt", "-"]).stdin("a=1").run().assert_exit_code(0).stdout, CANONICAL);
    assert_eq!(world.infra(&["fmt", "-check", "-"]).stdin(MESSY).run().assert_exit_code(3).stdout, "");
}

#[test]
fn files_with_mistakes_stay_as_they_are() {
    let world = World::new("a = [\nb=1\n");
    world.write("other.tf", MESSY);
    let output = world.run(&["fmt"]).assert_exit_code(2);
    assert_eq!(output.stdout, "other.tf\n");
    assert!(output.stderr.contains("main.tf:"), "{output}");
    assert_eq!(world.read("main.tf"), "a = [\nb=1\n");
    for (target, summary) in [("gone", "Invalid file or directory path"), ("notes.txt", "Invalid file extension")] {
        world.write("notes.txt", MESSY);
        let output = world.run(&["fmt", target]).assert_exit_code(2);
        assert!(output.stderr.contains(summary), "{output}");
    }
}
