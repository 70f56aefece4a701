//! Installs modules: each package is downloaded once, into a folder beside those of the modules, and moved to where the
//! module belongs when it is whole.
//!
//! Two processes that install into the same folder take turns. What a killed one leaves behind is removed by the next.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use infra_engine::config::{ModulePart, ModuleProblem};
use infra_values::version::Version;
use tempfile::TempDir;

use crate::http::HttpClient;
use crate::installed::Wanted;
use crate::manifest::{Entry, Manifest, Record, RecordedPackage};
use crate::package::{Downloader, ObjectReader};
use crate::registry::{Registries, RegistryError, choose};
use crate::settings::Settings;
use crate::source::{ModuleSource, Package, RegistryAddress};
use crate::tree;

/// How many downloads run at once.
const DOWNLOADS_MAX: usize = 8;
/// Folder in the folder of modules that holds what is not whole yet. A module's key cannot begin with a dot.
const UNFINISHED: &str = ".unfinished";
/// File whose lock is held while installing. It stays: another process may be waiting for it.
const LOCK_FILE: &str = ".lock";

/// Hears what is being done.
pub trait Progress: Sync {
    /// A package is being downloaded. `what` is its source; `version` is there for modules of registries.
    fn downloading(&self, what: &str, version: Option<&str>, key: &str);
}

/// Where a module is to come from, once registries have been asked.
struct Located {
    wanted: Wanted,
    package: Package,
    /// Folder in the package: that of the registry's answer, then that of the source.
    folder: String,
    version: Option<Version>,
}

/// Installs modules into one folder.
pub(crate) struct Installer {
    registries: Registries,
    downloader: Downloader,
    /// The folder of modules.
    folder: PathBuf,
    /// The same, as `path.module` shows it.
    shown: String,
    /// Where a package was installed before by this installer.
    present: BTreeMap<Package, PathBuf>,
    record: Record,
    /// Held as long as the installer lives.
    _lock: File,
}

impl Installer {
    /// An installer for a folder, which is made. Waits for others that install into it.
    pub fn new(
        settings: Arc<Settings>,
        objects: Option<Arc<dyn ObjectReader>>,
        folder: PathBuf,
        shown: String,
    ) -> Result<Self, String> {
        let failed = |error: io::Error| format!("the folder {} cannot be used: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(failed)?;
        let lock = File::create(folder.join(LOCK_FILE)).map_err(failed)?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        let unfinished = folder.join(UNFINISHED);
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(failed)?;
        }
        let http = HttpClient::new(&settings)?;
        Ok(Self {
            registries: Registries::new(http.clone(), settings.clone()),
            downloader: Downloader { http, settings, objects },
            record: Record::read(&folder),
            folder,
            shown,
            present: BTreeMap::new(),
            _lock: lock,
        })
    }

    /// Installs modules and adds them to a manifest. Those that cannot be installed are returned with the reason.
    pub async fn install(
        &mut self,
        wanted: Vec<Wanted>,
        manifest: &mut Manifest,
        progress: &dyn Progress,
    ) -> BTreeMap<String, ModuleProblem> {
        let mut problems = BTreeMap::new();
        let located = self.locate(wanted, &mut problems).await;
        let mut groups: BTreeMap<Package, Vec<Located>> = BTreeMap::new();
        for module in located {
            groups.entry(module.package.clone()).or_default().push(module);
        }
        for group in groups.values() {
            let first = &group[0];
            if !self.present.contains_key(&first.package) {
                let what = match (&first.wanted.source, &first.version) {
                    (ModuleSource::Registry(address, _), Some(version)) => {
                        (address.to_string(), Some(version.to_string()))
                    }
                    _ => (first.package.shown(), None),
                };
                let keys: Vec<&str> = group.iter().map(|module| module.wanted.key.as_str()).collect();
                progress.downloading(&what.0, what.1.as_deref(), &keys.join(", "));
            }
        }
        let downloads = groups.into_iter().map(|(package, group)| async {
            let content = self.fetch(&package).await;
            (package, group, content)
        });
        let mut downloads = stream::iter(downloads).buffer_unordered(DOWNLOADS_MAX).collect::<Vec<_>>().await;
        downloads.sort_by(|one, other| one.0.cmp(&other.0));
        for (package, group, content) in downloads {
            match content {
                Ok(content) => self.place(&package, group, &content, manifest, &mut problems),
                Err(reason) => {
                    for module in group {
                        problems.insert(module.wanted.key, download_problem(&package, &reason));
                    }
                }
            }
        }
        self.clean_up();
        problems
    }

    /// Writes what the installer knows about what it installed, for the modules of a manifest.
    pub fn write_record(&mut self, manifest: &Manifest) -> io::Result<()> {
        self.record.packages.retain(|key, _| manifest.0.contains_key(key));
        self.record.write(&self.folder)
    }

    /// Asks registries where their modules are; each module is asked for once.
    async fn locate(&self, wanted: Vec<Wanted>, problems: &mut BTreeMap<String, ModuleProblem>) -> Vec<Located> {
        let mut addresses: Vec<&RegistryAddress> = wanted
            .iter()
            .filter_map(|wanted| match &wanted.source {
                ModuleSource::Registry(address, _) => Some(address),
                _ => None,
            })
            .collect();
        addresses.sort();
        addresses.dedup();
        let asked = addresses
            .into_iter()
            .map(|address| async move { (address.clone(), self.registries.versions(address).await) });
        let versions: BTreeMap<_, _> = stream::iter(asked).buffer_unordered(DOWNLOADS_MAX).collect().await;
        let mut chosen: Vec<(RegistryAddress, Version)> = Vec::new();
        let mut choices = Vec::new();
        for wanted in wanted {
            let choice = match &wanted.source {
                ModuleSource::Registry(address, _) => match &versions[address] {
                    Ok(versions) => match choose(versions, wanted.constraint.as_ref(), address) {
                        Ok(version) => Some(version),
                        Err(error) => {
                            problems.insert(wanted.key, registry_problem(&error));
                            continue;
                        }
                    },
                    Err(error) => {
                        problems.insert(wanted.key, registry_problem(error));
                        continue;
                    }
                },
                _ => None,
            };
            if let (ModuleSource::Registry(address, _), Some(version)) = (&wanted.source, &choice) {
                chosen.push((address.clone(), version.clone()));
            }
            choices.push((wanted, choice));
        }
        chosen.sort();
        chosen.dedup();
        let asked = chosen.into_iter().map(|(address, version)| async move {
            let location = self.registries.location(&address, &version).await;
            ((address, version), location)
        });
        let locations: BTreeMap<_, _> = stream::iter(asked).buffer_unordered(DOWNLOADS_MAX).collect().await;
        let mut located = Vec::new();
        for (wanted, version) in choices {
            let found = match (&wanted.source, &version) {
                (ModuleSource::Registry(address, folder), Some(version)) => {
                    match locations.get(&(address.clone(), version.clone())) {
                        Some(Ok(location)) => package_of_location(location, folder),
                        Some(Err(error)) => Err(registry_problem(error)),
                        None => continue,
                    }
                }
                (ModuleSource::Remote(package, folder), _) => Ok((package.clone(), folder.clone())),
                _ => continue,
            };
            match found {
                Ok((package, folder)) => located.push(Located { wanted, package, folder, version }),
                Err(problem) => {
                    problems.insert(wanted.key, problem);
                }
            }
        }
        located
    }

    /// Downloads a package, unless this installer has installed it before. The result is a folder or a link to one.
    async fn fetch(&self, package: &Package) -> Result<Fetched, String> {
        if let Some(present) = self.present.get(package) {
            return Ok(Fetched { path: present.clone(), scratch: None });
        }
        let unfinished = self.folder.join(UNFINISHED);
        let scratch = fs::create_dir_all(&unfinished)
            .and_then(|()| tempfile::Builder::new().prefix("download-").tempdir_in(&unfinished))
            .map_err(|error| format!("the folder {} cannot be used: {error}", unfinished.display()))?;
        let path = scratch.path().join("module");
        match self.downloader.download(package, &path, scratch.path()).await {
            Ok(()) => Ok(Fetched { path, scratch: Some(scratch) }),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Puts a package where each of its modules belongs.
    fn place(
        &mut self,
        package: &Package,
        group: Vec<Located>,
        fetched: &Fetched,
        manifest: &mut Manifest,
        problems: &mut BTreeMap<String, ModuleProblem>,
    ) {
        let mut source = fetched.path.clone();
        for module in group {
            let key = module.wanted.key.clone();
            let target = self.folder.join(&key);
            match self.place_one(&source, &target, source == fetched.path && fetched.scratch.is_some()) {
                Ok(()) => source = target.clone(),
                Err(error) => {
                    let reason = format!("it could not be moved to {}: {error}", target.display());
                    problems.insert(key, download_problem(package, &reason));
                    continue;
                }
            }
            self.present.insert(package.clone(), target.clone());
            let folder = match tree::find_folder(&target, &module.folder) {
                Ok(folder) => folder,
                Err(error) => {
                    problems.insert(key, folder_problem(package, &error));
                    continue;
                }
            };
            let is_link = fs::symlink_metadata(&target).is_ok_and(|found| found.is_symlink());
            let sha256 = if is_link { None } else { tree::checksum(&target).ok() };
            self.record.packages.insert(key.clone(), RecordedPackage { package: package.shown(), sha256 });
            let dir = match folder.as_str() {
                "" => format!("{}/{key}", self.shown),
                folder => format!("{}/{key}/{folder}", self.shown),
            };
            let version = module.version.map(|version| version.to_string());
            manifest.insert(Entry { key, source: module.wanted.source.to_string(), version, dir });
        }
    }

    /// Moves a downloaded package to a module's place, or copies it from another module's.
    fn place_one(&self, source: &Path, target: &Path, may_move: bool) -> io::Result<()> {
        let unfinished = self.folder.join(UNFINISHED);
        fs::create_dir_all(&unfinished)?;
        if may_move {
            return tree::replace(source, target, &unfinished);
        }
        let scratch = tempfile::Builder::new().prefix("copy-").tempdir_in(&unfinished)?;
        let copy = scratch.path().join("module");
        if fs::symlink_metadata(source)?.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(source)?, &copy)?;
        } else {
            tree::copy(source, &copy)?;
        }
        tree::replace(&copy, target, &unfinished)
    }

    fn clean_up(&self) {
        if let Err(error) = fs::remove_dir_all(self.folder.join(UNFINISHED))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!("{UNFINISHED} stays: {error}");
        }
    }
}

/// A downloaded package.
struct Fetched {
    path: PathBuf,
    /// Keeps the downloaded files until they have been moved.
    scratch: Option<TempDir>,
}

/// The package that a registry's answer names.
fn package_of_location(location: &str, folder: &str) -> Result<(Package, String), ModuleProblem> {
    let problem = |reason: String| {
        ModuleProblem::new(
            ModulePart::Call,
            "Invalid module source address",
            format!("The registry says that the module is at \"{location}\", which cannot be used: {reason}."),
        )
    };
    match ModuleSource::parse(location) {
        Ok(ModuleSource::Remote(package, _)) if package.getter() == "file" => {
            Err(problem("a registry must not name a path of this machine".to_owned()))
        }
        Ok(ModuleSource::Remote(package, inner)) => {
            let folder = [inner.as_str(), folder].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>();
            Ok((package, folder.join("/")))
        }
        Ok(_) => Err(problem("it is no URL".to_owned())),
        Err(error) => Err(problem(error.to_string())),
    }
}

fn registry_problem(error: &RegistryError) -> ModuleProblem {
    let (summary, advice) = match error {
        RegistryError::NoModule { .. } => ("Module not found", "Check namespace, name and system."),
        RegistryError::NoVersion(_) => ("Unresolvable module version constraint", "Change the constraint."),
        RegistryError::Unauthorized { .. } => ("Error accessing remote module registry", ""),
        _ => ("Error accessing remote module registry", "Check the host, and that it can be reached from here."),
    };
    let detail = format!("The registry could not be used: {error}. {advice}");
    ModuleProblem::new(ModulePart::Call, summary, detail.trim_end())
}

fn download_problem(package: &Package, reason: &str) -> ModuleProblem {
    let detail = format!("The module's package {} could not be downloaded: {reason}.", package.shown());
    ModuleProblem::new(ModulePart::Call, "Failed to download module", detail)
}

fn folder_problem(package: &Package, error: &tree::FolderError) -> ModuleProblem {
    let detail = format!("In the package {}, {error}. Correct what follows // in the source.", package.shown());
    ModuleProblem::new(ModulePart::Source, "Failed to expand subdir globs", detail)
}
