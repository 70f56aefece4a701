//! The shared files of the AWS tools (`~/.aws/config`, `~/.aws/credentials`) and the profile chosen in them.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_config::profile::{ProfileFileLoadError, ProfileSet};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::property::PropertiesKey;
use aws_types::os_shim_internal::{Env, Fs};

use crate::environment::Environment;
use crate::settings::ProviderSettings;

/// What the files say, and which profile counts.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    sections: Arc<ProfileSet>,
    /// For the SDK's own readers of the same files.
    pub(crate) files: EnvConfigFiles,
}

impl Profile {
    /// Reads the files that settings and environment name; those at the usual places may be missing.
    pub(crate) async fn load(
        settings: &ProviderSettings,
        environment: &Environment,
    ) -> Result<Self, ProfileFileLoadError> {
        let home = environment.first(&["HOME", "USERPROFILE"]);
        let mut files = EnvConfigFiles::builder();
        let kinds = [
            (EnvConfigFileKind::Config, &settings.shared_config_files, "AWS_CONFIG_FILE", "config"),
            (
                EnvConfigFileKind::Credentials,
                &settings.shared_credentials_files,
                "AWS_SHARED_CREDENTIALS_FILE",
                "credentials",
            ),
        ];
        for (kind, configured, variable, usual) in kinds {
            for path in configured {
                files = files.with_file(kind, expanded(path, home));
            }
            if !configured.is_empty() {
                continue;
            }
            let path = match (environment.get(variable), home) {
                (Some(path), _) => expanded(path, home),
                (None, Some(home)) => Path::new(home).join(".aws").join(usual),
                (None, None) => continue,
            };
            if path.is_file() {
                files = files.with_file(kind, path);
            }
        }
        // Without any file the SDK would look at the usual places itself.
        let files = files.with_contents(EnvConfigFileKind::Config, "").build();
        let name = settings.profile.as_deref().or_else(|| environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]));
        Self::read(files, environment, name).await
    }

    async fn read(
        files: EnvConfigFiles,
        environment: &Environment,
        name: Option<&str>,
    ) -> Result<Self, ProfileFileLoadError> {
        let name = name.unwrap_or("default").to_owned();
        let env = Env::from_slice(&environment.pairs());
        let sections = aws_config::profile::load(&Fs::real(), &env, &files, Some(Cow::Owned(name))).await?;
        Ok(Self { sections: Arc::new(sections), files })
    }

    /// The name of the profile that counts.
    pub(crate) fn name(&self) -> &str {
        self.sections.selected_profile()
    }

    /// Whether the files have that profile.
    pub(crate) fn exists(&self) -> bool {
        self.sections.get_profile(self.name()).is_some()
    }

    /// Names of all profiles, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sections.profiles().collect();
        names.sort_unstable();
        names
    }

    /// A setting of the profile.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.sections.get(key).filter(|value| !value.is_empty())
    }

    /// The endpoint that the profile's `services` section gives to a service (`cloudwatch_logs`).
    pub(crate) fn service_endpoint(&self, service: &str) -> Option<&str> {
        let key = PropertiesKey::builder()
            .section_key("services")
            .section_name(self.get("services")?)
            .property_name(service)
            .sub_property_name("endpoint_url")
            .build()
            .ok()?;
        self.sections.other_sections().get(&key).map(String::as_str)
    }

    #[cfg(test)]
    pub(crate) async fn parse(contents: &str) -> Self {
        let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, contents);
        Self::read(files.build(), &Environment::empty(), None).await.unwrap()
    }
}

/// A path with the home directory for `~`.
pub(crate) fn expanded(path: &str, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(path),
    }
}
