use std::sync::mpsc::channel;

use infra_engine::diagnostics::Diagnostics;

use super::*;

fn address(text: &str) -> ResourceInstance {
    text.parse().unwrap()
}

#[test]
fn events_become_lines_in_terraforms_words() {
    let (sender, receiver) = channel();
    let output = Output::Lines(Box::new(move |line: &str| sender.send(line.to_owned()).unwrap()));
    let mut board = Board {
        pen: Pen { is_coloured: false },
        is_concise: false,
        running: BTreeMap::new(),
        reads_done: 0,
        has_ended: false,
        output,
    };
    let start = Instant::now();
    let id = |id: &str| Some(id.to_owned());
    let seconds = Duration::from_secs;
    let (a, b, d) = (address("aws_vpc.a"), address("module.m[0].aws_vpc.b"), address("data.aws_region.d"));
    board.event(Event::ReadStarted { address: a.clone(), id: id("vpc-1") }, start);
    board.event(Event::ReadFinished { address: a.clone(), id: id("vpc-1"), elapsed: seconds(1) }, start);
    board.event(Event::ReadStarted { address: d.clone(), id: None }, start);
    board.event(Event::ReadFinished { address: d, id: id("here"), elapsed: seconds(0) }, start);
    board.event(Event::ChangeStarted { address: a.clone(), action: Action::Delete, id: id("vpc-1") }, start);
    board.event(Event::ChangeStarted { address: b.clone(), action: Action::Create, id: None }, start);
    board.event(Event::ChangeWaits { address: b.clone(), waiting_for: "it to become available".into() }, start);
    board.tick(start + seconds(9));
    board.tick(start + seconds(11));
    board.tick(start + seconds(12));
    board.event(
        Event::ChangeFinished { address: b, action: Action::Create, id: id("vpc-2"), elapsed: seconds(65) },
        start,
    );
    board.tick(start + seconds(70));
    let failed = Event::ChangeFailed {
        address: a.clone(),
        action: Action::Delete,
        elapsed: seconds(3605),
        diagnostics: Diagnostics::new(),
    };
    board.event(failed, start);
    board.event(Event::ChangeStarted { address: a.clone(), action: Action::Update, id: id("vpc-1") }, start);
    board.event(
        Event::ChangeFinished {
            address: a,
            action: Action::Update,
            id: id("vpc-1"),
            elapsed: Duration::from_millis(1500),
        },
        start,
    );
    drop(board);
    let lines: Vec<String> = receiver.iter().collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    aws_vpc.a: Refreshing state... [id=vpc-1]
    data.aws_region.d: Reading...
    data.aws_region.d: Read complete after 0s [id=here]
    aws_vpc.a: Destroying... [id=vpc-1]
    module.m[0].aws_vpc.b: Creating...
    aws_vpc.a: Still destroying... [id=vpc-1, 10s elapsed]
    module.m[0].aws_vpc.b: Still creating... [10s elapsed] waiting for it to become available
    module.m[0].aws_vpc.b: Creation complete after 1m5s [id=vpc-2]
    aws_vpc.a: Still destroying... [id=vpc-1, 1m10s elapsed]
    aws_vpc.a: Destruction failed after 1h0m5s
    aws_vpc.a: Modifying... [id=vpc-1]
    aws_vpc.a: Modifications complete after 2s [id=vpc-1]
    ");
}

#[test]
fn nothing_is_shown_after_the_end_and_the_thread_is_gone() {
    let (sender, receiver) = channel();
    let output = Output::Lines(Box::new(move |line: &str| sender.send(line.to_owned()).unwrap()));
    let progress = Progress::with_output(Pen { is_coloured: true }, false, output);
    progress.event(Event::ReadStarted { address: address("aws_vpc.a"), id: None });
    progress.finish();
    progress.event(Event::ReadStarted { address: address("aws_vpc.b"), id: None });
    progress.finish();
    assert_eq!(Arc::strong_count(&progress.shared), 1);
    drop(progress);
    let lines: Vec<String> = receiver.iter().collect();
    assert_eq!(lines, ["\u{1b}[1maws_vpc.a: Refreshing state...\u{1b}[0m"]);
}
