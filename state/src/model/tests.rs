use std::sync::Arc;

use infra_values::address::{DeposedKey, ProviderConfig};

use super::{Change, State};
use crate::store::suite::{address, object, provider};

fn put(state: &mut State, text: &str) {
    state.resources.set(&address(text), None, provider(), object(text));
}

fn listed(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for (address, _, instance) in state.resources.instances() {
        if let Some(object) = &instance.current {
            lines.push(format!("{address} = {}", object.string_attribute("id").unwrap()));
        }
        for (key, object) in &instance.deposed {
            lines.push(format!("{address} ({key}) = {}", object.string_attribute("id").unwrap()));
        }
    }
    lines
}

#[test]
fn iteration_is_in_the_order_of_the_file() {
    let expected = [
        "data.a_b.z",
        "a_b.a",
        "a_b.b[0]",
        "a_b.b[2]",
        "a_b.b[10]",
        "a_b.b[\"\"]",
        "a_b.b[\"a\"]",
        "a_c.a",
        "module.a.a_b.c",
        "module.a.module.b.a_b.c",
        "module.a[\"x\"].a_b.c",
        "module.a[10].a_b.c",
        "module.a[1].a_b.c",
        "module.a[2].a_b.c",
        "module.b.data.a_b.c",
        "module.b.a_b.c",
    ];
    let mut state = State::default();
    for text in expected.iter().rev() {
        put(&mut state, text);
    }
    let found: Vec<String> = state.resources.instances().map(|(address, ..)| address.to_string()).collect();
    assert_eq!(found, expected);
    for text in expected {
        assert_eq!(state.object(&address(text)).unwrap().string_attribute("id").as_deref(), Some(text));
    }
    assert!(state.object(&address("module.a[3].a_b.c")).is_none());
    assert!(state.object(&address("a_b.b[1]")).is_none());
}

/// Address, deposed key, changes in order, and what is there at the end or the message of the last change.
type Row = (&'static str, Option<&'static str>, Vec<Change>, &'static [&'static str]);

#[test]
fn changes() {
    let key = |text: &str| DeposedKey(text.into());
    let set = |id: &str| Change::Set { provider: provider(), object: object(id) };
    // Each row starts from `x_y.a` and `x_y.b`.
    let rows: [Row; 14] = [
        ("x_y.c[1]", None, vec![set("new")], &["x_y.a = x_y.a", "x_y.b = x_y.b", "x_y.c[1] = new"]),
        ("x_y.a", Some("k"), vec![set("old")], &["x_y.a = x_y.a", "x_y.a (k) = old", "x_y.b = x_y.b"]),
        ("x_y.a", None, vec![Change::Remove, Change::Remove], &["x_y.b = x_y.b"]),
        ("x_y.a", None, vec![Change::Nothing], &["x_y.a = x_y.a", "x_y.b = x_y.b"]),
        (
            "x_y.a",
            None,
            vec![Change::Depose(key("k")), set("new"), Change::Depose(key("k"))],
            &["x_y.a = new", "x_y.a (k) = x_y.a", "x_y.b = x_y.b"],
        ),
        ("x_y.a", None, vec![Change::Depose(key("k"))], &["x_y.a (k) = x_y.a", "x_y.b = x_y.b"]),
        (
            "x_y.a",
            None,
            vec![Change::Depose(key("k")), Change::Restore(key("k")), Change::Restore(key("k"))],
            &["x_y.a = x_y.a", "x_y.b = x_y.b"],
        ),
        (
            "x_y.a",
            None,
            vec![Change::Depose(key("k")), Change::Move(address("module.m.x_y.a"))],
            &["x_y.b = x_y.b", "module.m.x_y.a (k) = x_y.a"],
        ),
        (
            "x_y.a",
            None,
            vec![Change::Move(address("x_y.a[0]")), Change::Move(address("x_y.a[0]"))],
            &["x_y.a[0] = x_y.a", "x_y.b = x_y.b"],
        ),
        (
            "x_y.a",
            None,
            vec![Change::Move(address("x_y.b"))],
            &["error: there is an object at the new address already"],
        ),
        ("x_y.c", None, vec![Change::Move(address("x_y.d"))], &["error: there is no object at the old address"]),
        ("x_y.c", None, vec![Change::Depose(key("k"))], &["error: there is no such instance"]),
        ("x_y.c", None, vec![Change::Restore(key("k"))], &["error: there is no such instance"]),
        (
            "x_y.a",
            None,
            vec![Change::Depose(key("k")), set("new"), Change::Restore(key("k"))],
            &["error: there is a current object, which it would overwrite"],
        ),
    ];
    for (at, deposed, changes, expected) in rows {
        let mut state = State::default();
        put(&mut state, "x_y.a");
        put(&mut state, "x_y.b");
        let deposed = deposed.map(key);
        let mut result = Ok(());
        for change in &changes {
            result = state.apply(&address(at), deposed.as_ref(), change);
        }
        match result {
            Ok(()) => assert_eq!(listed(&state), expected, "{at} {changes:?}"),
            Err(error) => {
                let detail = expected[0].strip_prefix("error: ").expect("an error where none was expected");
                assert!(error.to_string().contains(detail) && error.to_string().contains(at), "{error}");
            }
        }
    }
}

#[test]
fn updates_leave_other_objects_alone() {
    let mut state = State::default();
    for number in 0..2_000 {
        put(&mut state, &format!("module.m[{}].x_y.a[{number}]", number % 7));
    }
    let before = state.clone();
    put(&mut state, "module.m[3].x_y.a[3]");
    let mut changed = 0;
    for ((address, _, old), (_, _, new)) in before.resources.instances().zip(state.resources.instances()) {
        let same = Arc::ptr_eq(old.current.as_ref().unwrap(), new.current.as_ref().unwrap());
        assert!(same || address.to_string() == "module.m[3].x_y.a[3]");
        changed += usize::from(!same);
    }
    assert_eq!(changed, 1);
}

#[test]
fn deposed_keys_are_eight_hexadecimal_digits() {
    let key = State::default().unused_deposed_key(&address("x_y.a"));
    assert!(key.0.len() == 8 && key.0.chars().all(|digit| digit.is_ascii_hexdigit()), "{key}");
}

#[test]
fn an_instance_that_joins_others_takes_their_provider() {
    let mut state = State::default();
    put(&mut state, "a_b.a[0]");
    let theirs = ProviderConfig { alias: Some("west".into()), ..provider() };
    state.resources.set(&address("a_b.c[0]"), None, theirs.clone(), object("c"));
    state.apply(&address("a_b.a[0]"), None, &Change::Move(address("a_b.c[1]"))).unwrap();
    let resource = state.resources.get(&address("a_b.c[1]").absolute_resource()).unwrap();
    assert_eq!((&resource.provider, resource.instances.len()), (&theirs, 2));
}
