//! Slots: merged by name when read, ordered by name when written.

use std::collections::HashMap;

use dmp_xml::{Element, Writer};

use crate::ebrim::shape::{attribute, rim_children};
use crate::slot::Slot;

/// The values of one `rim:Slot`: trimmed, empty ones dropped.
pub(crate) fn slot_values(slot: &Element) -> Vec<String> {
    rim_children(slot, "ValueList")
        .flat_map(|list| rim_children(list, "Value"))
        .map(|value| value.text().trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

/// The slots of one object, from which the fields of the model take their values.
pub(crate) struct SlotBag {
    slots: Vec<Slot>,
    places: HashMap<String, usize>,
}

impl SlotBag {
    pub(crate) fn read(object: &Element) -> Self {
        let mut bag = Self { slots: Vec::new(), places: HashMap::new() };
        for slot in rim_children(object, "Slot") {
            let name = attribute(slot, "name");
            let place = *bag.places.entry(name.clone()).or_insert(bag.slots.len());
            if place == bag.slots.len() {
                bag.slots.push(Slot { name, values: Vec::new() });
            }
            bag.slots[place].values.extend(slot_values(slot));
        }
        bag
    }

    /// Takes all values of a slot; `None` when there is no such slot, an empty list when it is empty.
    pub(crate) fn take_all(&mut self, name: &str) -> Option<Vec<String>> {
        let place = *self.places.get(name)?;
        Some(std::mem::take(&mut self.slots[place].values))
    }

    /// Takes the first value of a slot that `accept` turns into something; the others stay in the bag.
    pub(crate) fn take_first<T>(&mut self, name: &str, accept: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let place = *self.places.get(name)?;
        let accepted = accept(self.slots[place].values.first()?)?;
        self.slots[place].values.remove(0);
        Some(accepted)
    }

    /// Takes the first value of a slot as a text.
    pub(crate) fn take_text(&mut self, name: &str) -> Option<String> {
        self.take_first(name, |value| Some(value.to_owned()))
    }

    /// What no field took, in the order received.
    pub(crate) fn into_rest(self) -> Vec<Slot> {
        self.slots.into_iter().filter(|slot| !slot.values.is_empty()).collect()
    }
}

/// Slots about to be written.
#[derive(Default)]
pub(crate) struct SlotList<'a> {
    slots: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> SlotList<'a> {
    /// Adds the values of one slot; empty values are dropped.
    pub(crate) fn add(&mut self, name: &'a str, values: impl IntoIterator<Item = &'a str>) {
        self.slots.push((name, values.into_iter().filter(|value| !value.trim().is_empty()).collect()));
    }

    /// Adds slots as they are.
    pub(crate) fn add_others(&mut self, slots: &'a [Slot]) {
        for slot in slots {
            self.add(&slot.name, slot.values.iter().map(String::as_str));
        }
    }

    /// Writes the slots in alphabetical order; values of one name are merged in the order added.
    pub(crate) fn write_sorted(mut self, writer: &mut Writer) {
        self.slots.sort_by_key(|(name, _)| *name);
        self.write_in_order(writer);
    }

    /// Writes the slots in the order added; neighbours of one name are merged.
    pub(crate) fn write_in_order(self, writer: &mut Writer) {
        let mut slots: Vec<(&str, Vec<&str>)> = Vec::with_capacity(self.slots.len());
        for (name, values) in self.slots.into_iter().filter(|(_, values)| !values.is_empty()) {
            match slots.last_mut() {
                Some((last, merged)) if *last == name => merged.extend(values),
                _ => slots.push((name, values)),
            }
        }
        for (name, values) in slots {
            write_slot(writer, name, &values);
        }
    }
}

/// Writes one slot.
pub(crate) fn write_slot(writer: &mut Writer, name: &str, values: &[&str]) {
    writer.open("rim:Slot", &[("name", name)]);
    writer.open("rim:ValueList", &[]);
    for value in values {
        writer.leaf("rim:Value", &[], value);
    }
    writer.close();
    writer.close();
}
