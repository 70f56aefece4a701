//! Which Python the machine has.

use std::path::PathBuf;
use std::process::Stdio;

use serde::Deserialize;

use crate::{Attempt, Error, Settings, programs};

/// The oldest version ministack runs on.
pub(crate) const OLDEST: (u32, u32) = (3, 10);

/// Names under which interpreters are installed, best first. `python3` is what the user has chosen; the others
/// are for systems whose own `python3` is old and has to stay (macOS).
const NAMES: [&str; 6] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/// Prints what [`Description`] reads. Syntax that Python 2 understands too, so that its version can be told.
const DESCRIBE: &str = "\
import json, sys, sysconfig
print(json.dumps({
    'version': list(sys.version_info[:3]),
    'executable': sys.executable,
    'build': '%s %s' % (sysconfig.get_platform(), sysconfig.get_config_var('SOABI')),
}))";

/// An interpreter that is new enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    /// The interpreter as it was found, which may be a script that chooses one.
    pub(crate) program: PathBuf,
    /// The interpreter itself, by its own account.
    pub(crate) executable: PathBuf,
    /// Minor version, operating system, processor and C library: compiled packages are for one such build.
    pub(crate) build: String,
}

#[derive(Deserialize)]
struct Description {
    version: (u32, u32, u32),
    executable: PathBuf,
    build: String,
}

/// The first usable interpreter in the search path, or why each one does not do.
pub(crate) fn find(settings: &Settings) -> Result<Result<Python, Vec<Attempt>>, Error> {
    let mut attempts = Vec::new();
    for name in NAMES {
        let Some(program) = programs::find(name, &settings.search_path) else {
            if name == NAMES[0] {
                attempts.push(Attempt { what: name.to_owned(), why: "not in the search path".to_owned() });
            }
            continue;
        };
        match describe(&program, settings)? {
            Ok(python) => return Ok(Ok(python)),
            Err(why) => attempts.push(Attempt { what: program.display().to_string(), why }),
        }
    }
    Ok(Err(attempts))
}

fn describe(program: &std::path::Path, settings: &Settings) -> Result<Result<Python, String>, Error> {
    let output = programs::command(program, settings)
        // -I: neither the current directory nor PYTHONPATH has a say in what `json` is.
        .args(["-I", "-c", DESCRIBE])
        .stderr(Stdio::piped())
        .output()
        .map_err(|source| Error::Program { program: program.to_owned(), purpose: "ask for its version", source })?;
    if !output.status.success() {
        let ended =
            programs::Ended { status: output.status, tail: String::from_utf8_lossy(&output.stderr).into_owned() };
        return Ok(Err(format!("does not run: {}", ended.last_line())));
    }
    let description: Description = match serde_json::from_slice(&output.stdout) {
        Ok(description) => description,
        Err(error) => return Ok(Err(format!("does not describe itself: {error}"))),
    };
    let (major, minor, patch) = description.version;
    if (major, minor) < OLDEST {
        return Ok(Err(format!(
            "is version {major}.{minor}.{patch}, and at least {}.{} is needed",
            OLDEST.0, OLDEST.1
        )));
    }
    Ok(Ok(Python {
        program: program.to_owned(),
        executable: description.executable,
        build: format!("{major}.{minor} {}", description.build),
    }))
}
