//! XAdES
