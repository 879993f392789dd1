//! What an establishment decides about its traces.

/// Whether an act that cannot be traced is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TraceOrFail {
    /// Never: the failure is logged.
    Never,
    /// In AIR, where the texts ask for every trace (`EX_AIR-070`, `EX_AIR-110`).
    #[default]
    Air,
    /// Always, also for acts of the software.
    Always,
}

/// Settings of the traces (F14).
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Whether an act that cannot be traced is refused. Default: in AIR.
    pub trace_or_fail: TraceOrFail,
    /// How long the local trace is kept, in calendar months. Default 6 (CNIL advice).
    pub access_months: u32,
    /// How long the trace of AIR is kept after the closure of the DMP, in years. Default 10 (`EX_AIR-100`).
    pub air_years: u32,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self { trace_or_fail: TraceOrFail::Air, access_months: 6, air_years: 10 }
    }
}
