#!/usr/bin/env python3
"""A test suite in Python against dmp-mock, which it drives by its control port. Standard library only.

    dmp-mock serve              # prints {"event": "ready", "admin": "http://127.0.0.1:PORT", ...}
    ADMIN=http://127.0.0.1:PORT SOFTWARE=dmp python3 test_with_mock.py

SOFTWARE is what is tested: here the command `dmp`, configured for that mock (`dmp init --from-mock`). Put your own in
its place: what matters is that it searches a record, and fails when the DMP refuses.
"""

import json
import os
import shlex
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

ADMIN = os.environ["ADMIN"]
SOFTWARE = shlex.split(os.environ["SOFTWARE"])
CAMILLE = "280057599900151"
MEDECIN = {"person": "899999000013"}


def call(method, path, body=None):
    """One call of the control port: its answer as JSON, or None when it says nothing."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADMIN + path, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def decide(action, **fields):
    """A decision of the holder, as in Mon espace santé."""
    call("POST", f"/patients/{CAMILLE}/actions", {"action": action, **fields})


def journal(**query):
    """What the mock answered and why: no health data in it."""
    return call("GET", "/journal?" + urllib.parse.urlencode(query))


def software(*arguments):
    """Runs the software; whether it succeeded."""
    command = [*SOFTWARE, *arguments, "--ins", CAMILLE]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


class WithTheMock(unittest.TestCase):
    def setUp(self):
        self.snapshot = call("POST", "/snapshots")["snapshot"]
        self.rules = call("GET", "/settings")["rules"]

    def tearDown(self):
        call("POST", f"/snapshots/{self.snapshot}/restore")

    def refused_by(self, rule):
        """Whether the last exchange was refused by that rule."""
        last = journal()[-1]
        return last["refusal"] is not None and last["refusal"]["rule"] == rule

    def test_a_blocked_professional_is_refused(self):
        self.assertTrue(software("find"))
        decide("block", who=MEDECIN)
        self.assertFalse(software("find"))
        self.assertTrue(self.refused_by("AUT-03"))
        self.assertEqual({one["transaction"] for one in journal(rule="AUT-03")}, {"TD3.1"})
        told = call("GET", f"/patients/{CAMILLE}/history")
        self.assertEqual(told[-1]["refused_by"], "AUT-03")
        decide("unblock", who=MEDECIN)
        self.assertTrue(software("find"))

    def test_an_authorisation_lasts_six_months(self):
        decide("medecin_traitant", person=None)
        decide("withdraw", who=MEDECIN)
        self.assertFalse(software("find"))
        self.assertTrue(self.refused_by("AUT-01"))
        self.assertTrue(software("authorise"))
        self.assertTrue(software("find"))
        # The clock of the mock moves, that of the software does not: its assertions look old (V51).
        call("PATCH", "/settings", {"rules": {"V51": "off"}})
        call("POST", "/clock/advance", {"by": "P6M"})
        self.assertFalse(software("find"))
        self.assertTrue(self.refused_by("AUT-02"))
        call("PATCH", "/settings", {"rules": {"V51": "strict"}})

    def test_a_patient_is_added_and_closes_the_record(self):
        call("POST", "/patients", {"ins": "191129719900389", "birth_name": "NOUVEAU", "given_names": ["SASHA"]})
        self.assertEqual(call("GET", "/patients/191129719900389")["record"], "active")
        call("POST", "/patients/191129719900389/actions", {"action": "close"})
        self.assertEqual(call("GET", "/patients/191129719900389")["record"], "closed")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            call("POST", "/patients/191129719900389/actions", {"action": "close"})
        self.assertEqual(refused.exception.code, 409)


if __name__ == "__main__":
    unittest.main(verbosity=2)
