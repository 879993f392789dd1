//! The switches that a server has by name: set and read as text, for a command line, a file or a control port.

use jiff::SignedDuration;

use super::choices::{
    AuthorRead, BlockedAuthor, DeletedDocuments, EmergencyScope, MaskedEmergency, MatrixDenied, MatrixUnknown,
    OnBreach, RightsCarrier, VisibilityCalendar,
};
use super::{ServerSwitches, Switches};

/// One switch of `T`, by its name.
struct Named<T> {
    name: &'static str,
    values: &'static str,
    get: fn(&T) -> String,
    set: fn(&mut T, &str) -> Option<()>,
}

/// A switch of two values.
macro_rules! flag {
    ($name:literal, $field:ident, $on:literal, $off:literal) => {
        Named {
            name: $name,
            values: concat!($on, " or ", $off),
            get: |all| if all.$field { $on } else { $off }.to_owned(),
            set: |all, value| {
                all.$field = match value {
                    $on => true,
                    $off => false,
                    _ => return None,
                };
                Some(())
            },
        }
    };
    ($field:ident) => {
        flag!(stringify!($field), $field)
    };
    ($name:expr, $field:ident) => {
        Named {
            name: $name,
            values: "true or false",
            get: |all| all.$field.to_string(),
            set: |all, value| {
                all.$field = value.parse().ok()?;
                Some(())
            },
        }
    };
}

/// A switch whose values have names.
macro_rules! choice {
    ($field:ident, $kind:ident, $values:literal) => {
        Named {
            name: stringify!($field),
            values: $values,
            get: |all| all.$field.name().to_owned(),
            set: |all, value| {
                all.$field = $kind::parse(value)?;
                Some(())
            },
        }
    };
}

/// A number.
macro_rules! number {
    ($field:ident, $values:literal) => {
        Named {
            name: stringify!($field),
            values: $values,
            get: |all| all.$field.to_string(),
            set: |all, value| {
                all.$field = value.parse().ok()?;
                Some(())
            },
        }
    };
}

/// A duration in whole seconds.
macro_rules! seconds {
    ($field:ident) => {
        Named {
            name: stringify!($field),
            values: "a number of seconds",
            get: |all| all.$field.as_secs().to_string(),
            set: |all, value| {
                all.$field = SignedDuration::from_secs(value.parse::<u32>().ok()?.into());
                Some(())
            },
        }
    };
}

/// Those of [`ServerSwitches`]: the names of access-rules.md §17, then the others, by their fields.
static SERVER: &[Named<ServerSwitches>] = &[
    choice!(masked_emergency_policy, MaskedEmergency, "holder_consent, always or never"),
    choice!(blocked_author, BlockedAuthor, "keeps_own, keeps_own_unmasked or loses_all"),
    choice!(visibility_calendar, VisibilityCalendar, "Segur, R1111_53 or None"),
    flag!("blocked_feed", blocked_feed, "allow", "refuse"),
    flag!(archive_by_any_medecin),
    flag!(unmask_by_author),
    choice!(deleted_documents, DeletedDocuments, "hidden, retrieve_only or listed"),
    flag!(non_ps_consultation),
    flag!("air_allow_non_ps", air_allow_non_ps, "on", "off"),
    choice!(author_read_without_grant, AuthorRead, "blocked_only, always or never"),
    choice!(emergency_opposition_scope, EmergencyScope, "all_but_exists_and_delete or read_only"),
    choice!(rights_carrier, RightsCarrier, "fault or service"),
    flag!("author_refusal", author_refusal_as_fault, "C3", "C6"),
    number!(grant_months, "a number of months"),
    choice!(matrix_denied_search, MatrixDenied, "filter or list_metadata"),
    choice!(matrix_unknown, MatrixUnknown, "allow_warn, allow or deny"),
    flag!("denied_retrieve", explicit_denied_retrieve, "explicit", "not_found"),
    flag!(structure_grant_covers_members),
    flag!(mt_grant_expires),
    flag!(holder_grant_expires),
    flag!(archive_needs_grant),
    flag!("blocked_emergency", blocked_emergency, "allow", "refuse"),
    choice!(bdg_with_valid_grant, OnBreach, "warn, refuse or ignore"),
    flag!("administrator_rights", administrator_as_mt, "as_mt", "read"),
    flag!("air_author_match", air_author_by_structure, "person_or_structure", "person"),
    choice!(secret_on_adult, OnBreach, "refuse, warn or ignore"),
    choice!(rl_code_on_adult, OnBreach, "warn, refuse or ignore"),
    flag!("deceased_feed", deceased_feed, "allow", "refuse"),
    flag!(irreversible_visibility),
    flag!(gestion_mineurs),
    number!(age_majorite, "a number of years"),
    flag!(cumul_invisible_patient_masque_ps),
    Named {
        name: "air_methods",
        values: "any, or methods separated by commas",
        get: |all| if all.air_methods.is_empty() { "any".to_owned() } else { all.air_methods.join(",") },
        set: |all, value| {
            let listed = value.split(',').map(str::trim).filter(|method| !method.is_empty() && value != "any");
            all.air_methods = listed.map(str::to_owned).collect();
            Some(())
        },
    },
    Named {
        name: "search_threshold",
        values: "off, or a number of calls per minute",
        get: |all| all.search_threshold.map_or("off".to_owned(), |calls| calls.to_string()),
        set: |all, value| {
            all.search_threshold = if value == "off" { None } else { Some(value.parse().ok()?) };
            Some(())
        },
    },
    flag!("mt_role_by_lps", mt_role_by_lps, "allow", "refuse"),
    flag!("verdict_header", verdict_header, "on", "off"),
    flag!(depositor_is_author),
    flag!(expose_signature_entries),
    flag!(time_to_inclusive),
    flag!(answers_schema_valid),
    flag!(imaging_compatible),
    flag!(imaging_compatible),
    number!(hr_periode_max_mois, "a number of months"),
    seconds!(lifetime),
    seconds!(air_lifetime),
    seconds!(skew),
    seconds!(skew_air),
];

/// What both ends verify of an assertion and of a signature that they receive.
static RECEIVED: &[Named<Switches>] = &[
    flag!(dn_accept_reversed),
    flag!(dn_question_mark),
    flag!(legacy_sha1),
    flag!(accept_auth_certificate_as_signer),
    flag!(same_dn),
    flag!(psc_signature_required),
    flag!(xades_accept_sha1),
    seconds!(xades_signing_window),
    seconds!(xades_signing_skew),
];

/// A switch that cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// No switch has that name.
    #[error("no switch is called {found:?}; they are {known}")]
    Unknown {
        /// What was given.
        found: String,
        /// Every name, separated by commas.
        known: String,
    },
    /// The switch has no such value.
    #[error("{name} cannot be {value:?}; expected {expected}")]
    Value {
        /// The switch.
        name: &'static str,
        /// What was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
}

impl<T> Named<T> {
    /// `None` when no switch of the table has the name.
    fn set_in(table: &[Self], all: &mut T, name: &str, value: &str) -> Option<Result<(), SwitchError>> {
        let switch = table.iter().find(|switch| switch.name == name)?;
        let value = value.trim();
        Some((switch.set)(all, value).ok_or_else(|| SwitchError::Value {
            name: switch.name,
            value: bounded(value),
            expected: switch.values,
        }))
    }
}

fn unknown(name: &str, names: impl Iterator<Item = &'static str>) -> SwitchError {
    SwitchError::Unknown { found: bounded(name), known: names.collect::<Vec<_>>().join(", ") }
}

fn bounded(text: &str) -> String {
    text.chars().take(64).collect()
}

impl ServerSwitches {
    /// Sets a switch by its name in access-rules.md §17, or by its field: `matrix_unknown` to `deny`.
    ///
    /// # Errors
    /// [`SwitchError`]: no switch of that name, or no such value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        Named::set_in(SERVER, self, name, value)
            .unwrap_or_else(|| Err(unknown(name, SERVER.iter().map(|switch| switch.name))))
    }
}

impl Switches {
    /// Sets a switch of what is received: one of [`ServerSwitches::set`], or of what is verified (`same_dn`).
    ///
    /// ```
    /// use dmp_protocol::switches::Switches;
    /// let mut switches = Switches::default();
    /// switches.set("rights_carrier", "service")?;
    /// switches.set("skew", "120")?;
    /// assert!(switches.set("rights_carrier", "C6").is_err());
    /// # Ok::<(), dmp_protocol::switches::SwitchError>(())
    /// ```
    ///
    /// # Errors
    /// [`SwitchError`]: no switch of that name, or no such value; nothing is changed then.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        Named::set_in(SERVER, &mut self.server, name, value)
            .or_else(|| Named::set_in(RECEIVED, self, name, value))
            .unwrap_or_else(|| Err(unknown(name, Self::names())))
    }

    /// Every switch that has a name: name, value now, values that it takes.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, String, &'static str)> {
        let server = SERVER.iter().map(|switch| (switch.name, (switch.get)(&self.server), switch.values));
        server.chain(RECEIVED.iter().map(|switch| (switch.name, (switch.get)(self), switch.values)))
    }

    fn names() -> impl Iterator<Item = &'static str> {
        SERVER.iter().map(|switch| switch.name).chain(RECEIVED.iter().map(|switch| switch.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_is_set_to_what_it_says_and_has_the_default_of_the_page() {
        let mut switches = Switches::default();
        let before = switches.clone();
        for (name, value, _) in before.named() {
            assert_eq!(switches.set(name, &value), Ok(()), "{name}");
        }
        assert_eq!(switches, before, "its own value changes nothing");
        for (name, value) in [
            ("masked_emergency_policy", "never"),
            ("blocked_author", "loses_all"),
            ("visibility_calendar", "R1111_53"),
            ("search_threshold", "60"),
            ("administrator_rights", "as_mt"),
            ("rights_carrier", "service"),
            ("irreversible_visibility", "false"),
            ("skew_air", "10"),
            ("same_dn", "true"),
        ] {
            assert_eq!(switches.set(name, value), Ok(()), "{name}");
            assert!(switches.named().any(|(known, now, _)| known == name && now == value), "{name}");
        }
        assert_eq!(switches.server.masked_emergency_policy, MaskedEmergency::Never);
        assert_eq!(switches.server.search_threshold, Some(60));
        assert!(switches.server.administrator_as_mt && !switches.server.irreversible_visibility && switches.same_dn);
    }

    #[test]
    fn a_wrong_name_is_told_the_right_ones_and_a_wrong_value_the_values() {
        let mut switches = Switches::default();
        for (name, value) in
            [("matrix_unknown", "maybe"), ("search_threshold", "-1"), ("mt_role_by_lps", "yes"), ("skew", "1.5")]
        {
            assert!(matches!(switches.set(name, value), Err(SwitchError::Value { .. })), "{name}");
        }
        let wrong = switches.set("nothing", "true").unwrap_err().to_string();
        assert!(wrong.contains("grant_months") && wrong.contains("same_dn"), "{wrong}");
        assert!(switches.server.set("same_dn", "true").unwrap_err().to_string().contains("grant_months"));
        assert_eq!(switches, Switches::default());
    }
}
