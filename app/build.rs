//! Tells the crate where `make` puts the files that the browser fetches: `<target>/site/{debug,release}`, or the folder
//! that `COUNTERSIGN_SITE` names.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=COUNTERSIGN_SITE");
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        return;
    }
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let site = env::var_os("COUNTERSIGN_SITE").map_or_else(|| default_site(release), PathBuf::from);
    println!("cargo::rustc-env=COUNTERSIGN_SITE={}", site.display());
    // A release binary carries the files; one without them would start and look broken.
    if release {
        println!("cargo::rerun-if-changed={}", site.display());
        if !site.join("app.css").is_file() {
            println!("cargo::error=no browser part in {}: run `make build`", site.display());
        }
    } else if !site.is_dir() {
        // The folder is read when the server runs; here it must only exist.
        fs::create_dir_all(&site).expect("the target folder can be written");
    }
}

/// `OUT_DIR` is `<target>[/<triple>]/<profile>/build/<package>/out`.
fn default_site(release: bool) -> PathBuf {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let triple = env::var("TARGET").expect("set by cargo");
    let profile = out.ancestors().nth(3).expect("four folders above");
    let target = profile.parent().filter(|folder| !folder.ends_with(&triple)).or_else(|| profile.ancestors().nth(2));
    target.unwrap_or(Path::new("target")).join("site").join(if release { "release" } else { "debug" })
}
