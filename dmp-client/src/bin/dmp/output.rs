//! What a command prints: lines for people, JSON for programs.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::terminal::{one_line, safe, safe_json};

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Report {
    lines: Vec<String>,
    json: Value,
    as_json: bool,
    exit_code: u8,
}

impl Report {
    /// A line for people, and an empty object.
    pub(crate) fn line(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], json: Value::Object(Map::new()), as_json: false, exit_code: 0 }
    }

    /// Lines for people, and a value as it is serialised.
    pub(crate) fn of(lines: Vec<String>, value: &(impl Serialize + ?Sized)) -> Self {
        // Entries and reports are plain data: they always serialise.
        let json = serde_json::to_value(value).unwrap_or(Value::Null);
        Self { lines, json, as_json: false, exit_code: 0 }
    }

    /// One more line.
    pub(crate) fn and(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// One more field of the JSON object.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(fields) = &mut self.json {
            fields.insert(name.to_owned(), value.into());
        }
        self
    }

    pub(crate) fn in_json(self, as_json: bool) -> Self {
        Self { as_json, ..self }
    }

    /// The report is the answer, and the answer is no.
    pub(crate) fn ending_with(self, exit_code: u8) -> Self {
        Self { exit_code, ..self }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.as_json {
            return writeln!(f, "{}", safe_json(&format!("{:#}", self.json)));
        }
        self.lines.iter().try_for_each(|line| writeln!(f, "{}", safe(line)))
    }
}

/// `name: value` lines of a JSON object, empty values left out.
pub(crate) fn fields(value: &impl Serialize) -> Vec<String> {
    let Ok(Value::Object(fields)) = serde_json::to_value(value) else { return Vec::new() };
    let line = |(name, value): (String, Value)| match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(format!("{name}: {}", one_line(&text))),
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(short).collect();
            Some(format!("{name}: {}", values.join(", ")))
        }
        other => Some(format!("{name}: {}", short(&other))),
    };
    fields.into_iter().filter_map(line).collect()
}

/// `path: value` lines of a tree, empty values left out: `authors[0].id[0].root: 1.2.3`.
pub(crate) fn flattened(value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    flatten(value, "", &mut lines);
    lines
}

fn flatten(value: &Value, path: &str, lines: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(value, &path, lines);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                flatten(value, &format!("{path}[{index}]"), lines);
            }
        }
        Value::String(text) => lines.push(format!("{path}: {}", one_line(text))),
        other => lines.push(format!("{path}: {other}")),
    }
}

/// A code by its code, anything else as JSON.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => match (fields.get("code"), fields.get("display")) {
            (Some(Value::String(code)), Some(Value::String(display))) => format!("{code} ({display})"),
            (Some(Value::String(code)), _) => code.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}
