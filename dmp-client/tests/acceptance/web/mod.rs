//! Web-PS (TD0.9, TD0.10) and Pro Santé Connect.

mod air;
mod card;
mod pro_sante_connect;

use dmp_client::*;
use dmp_mock::MockDmp;

use crate::support::*;

/// The addresses of the mock's Web-PS.
fn web(mock: &MockDmp) -> WebPsAddresses {
    let addresses = WebPsAddresses::new().cps(&mock.web_ps_url()).unwrap();
    addresses.psc(&mock.web_ps_psc_url()).unwrap().air(&mock.web_ps_url()).unwrap()
}

fn web_client(mock: &MockDmp) -> DmpClient {
    builder(mock).web_ps(web(mock)).build().unwrap()
}
