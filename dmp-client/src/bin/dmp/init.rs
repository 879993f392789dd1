//! `dmp init`: a commented configuration, empty or wired to a running mock.

use std::path::Path;

use dmp_client::parameters::KNOWN_ADDRESS;
use serde::Deserialize;

use crate::exit::Failure;
use crate::output::Report;
use crate::private_file;

const TEMPLATE: &str = include_str!("template.toml");

/// The line that `dmp-mock serve` prints when it is ready; fields that are not used here are ignored.
#[derive(Deserialize)]
struct Ready {
    url: String,
    pki: String,
    p12_password: String,
    structure: String,
    professional: String,
    #[serde(default)]
    open_world: bool,
    parameters: Option<String>,
    web_ps: Option<String>,
}

/// What an open world tolerates and a client refuses by itself: a sender who is no author (X12), the key and the
/// platform of an INS (V41).
const LENIENT_IN_OPEN_WORLD: &str = "X12,V41";

/// What only the user can state about a real patient and a real login: left commented out, except for a mock.
const STATEMENTS: [&str; 5] =
    ["[consent]", "consultation = true", "feeding = true", "[second_factor]", "method = \"TimeSyncToken\""];

pub(crate) fn run(from_mock: Option<&Path>, output: &Path, force: bool) -> Result<Report, Failure> {
    let ready = match from_mock {
        Some(path) => ready(path)?,
        None => Ready {
            url: "https://lps.example.test/si-dmp-server/v2/services".to_owned(),
            pki: String::new(),
            p12_password: "change me".to_owned(),
            structure: "10B0990008".to_owned(),
            professional: "899999000013".to_owned(),
            open_world: false,
            parameters: None,
            web_ps: None,
        },
    };
    let file = |name: &str| Path::new(&ready.pki).join(name).display().to_string();
    let instance = dmp_vocabulary::Oid::from_uuid(uuid::Uuid::new_v4().as_u128());
    let text = [
        ("url", ready.url.clone()),
        ("trust_anchors", file("ca.pem")),
        ("authentication", file("org_auth_cli.p12")),
        ("signing", file("org_sign.p12")),
        ("card_authentication", file("card_medecin_auth.p12")),
        ("card_signing", file("card_medecin_sign.p12")),
        ("password", ready.p12_password.clone()),
        ("instance_oid", instance.to_string()),
        ("structure", ready.structure.clone()),
        ("professional", ready.professional.clone()),
    ]
    .iter()
    .fold(TEMPLATE.to_owned(), |text, (name, value)| text.replace(&format!("\"{{{name}}}\""), &quoted(value)));
    let text = match from_mock {
        Some(_) => text,
        None => {
            STATEMENTS.iter().fold(text, |text, line| text.replace(&format!("\n{line}\n"), &format!("\n# {line}\n")))
        }
    };
    let text = match ready.open_world {
        true => text
            .replace("\n# [rules]\n", "\n[rules]\n")
            .replace("\n# lenient = \"X12,V41\"\n", &format!("\nlenient = \"{LENIENT_IN_OPEN_WORLD}\"\n")),
        false => text,
    };
    let text = match &ready.parameters {
        Some(url) => text
            .replace(&format!("\n# url = \"{KNOWN_ADDRESS}\"\n"), &format!("\nurl = {}\n", quoted(url)))
            .replace("\n# file = \"param-lps.xml\"\n", "\nfile = \"param-lps.xml\"\n"),
        None => text,
    };
    let text = match &ready.web_ps {
        Some(base) => text
            .replace("\n# [web_ps]\n", "\n[web_ps]\n")
            .replace("\n# cps = \"https://wps-cps.example.test\"", &format!("\ncps = {}", quoted(base)))
            .replace("\n# air = \"https://wps.example.test\"", &format!("\nair = {}", quoted(base))),
        None => text,
    };
    write(output, &text, force)?;
    Ok(Report::line(format!("wrote {}", output.display())).with("file", output.display().to_string()))
}

/// A TOML basic string.
fn quoted(value: &str) -> String {
    toml::Value::String(value.to_owned()).to_string()
}

fn ready(path: &Path) -> Result<Ready, Failure> {
    let refuse = |reason: String| {
        let expected = "expected the JSON line that `dmp-mock serve` prints when it is ready";
        Failure::input(format!("{}: {reason}; {expected}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    // Logs may surround the line.
    let line = text.lines().find(|line| line.trim_start().starts_with('{')).unwrap_or(&text);
    let mut ready: Ready = serde_json::from_str(line).map_err(|error| refuse(error.to_string()))?;
    // The folder is as the mock was given it; the configuration may lie elsewhere.
    let folder = std::path::absolute(&ready.pki).map_err(|error| refuse(error.to_string()))?;
    ready.pki = folder.display().to_string();
    Ok(ready)
}

/// The file may hold a password: owner only, and in place of another only when that was asked for.
fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let written = private_file::write(path, text, force);
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::input(format!("{} exists already: give --force to write in its place", path.display()))
        }
        _ => Failure::input(format!("{}: {error}", path.display())),
    })
}
