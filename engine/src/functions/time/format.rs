//! The forms of `formatdate`: runs of one letter stand for parts of the time, everything else for itself.

use super::instant::Instant;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Writes a time. The error says what is wrong with the form.
pub(super) fn format(form: &str, time: &Instant) -> Result<String, String> {
    let mut written = String::new();
    let mut rest = form;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, behind) = quoted(&rest[1..]).ok_or("text that begins with ' must end with one")?;
            written.push_str(&literal);
            rest = behind;
        } else if first.is_ascii_alphabetic() {
            let length = rest.bytes().take_while(|byte| char::from(*byte) == first).count();
            written.push_str(&part(&rest[..length], time)?);
            rest = &rest[length..];
        } else {
            written.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(written)
}

/// The text up to the closing quote, and what is behind it. Two quotes stand for one; an empty text for a quote, too.
fn quoted(text: &str) -> Option<(String, &str)> {
    if let Some(behind) = text.strip_prefix('\'') {
        return Some(("'".to_owned(), behind));
    }
    let mut literal = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('\'')?;
        literal.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(behind) => {
                literal.push('\'');
                rest = behind;
                // At the very end, Terraform takes two quotes for the closing one as well.
                if rest.is_empty() {
                    return Some((literal, rest));
                }
            }
            None => return Some((literal, rest)),
        }
    }
}

fn part(letters: &str, time: &Instant) -> Result<String, String> {
    let civil = time.civil();
    let half_day_hour = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let (month, weekday) = (MONTHS[civil.month as usize - 1], WEEKDAYS[civil.weekday as usize]);
    let (offset_hours, offset_minutes) = time.offset_parts();
    let is_afternoon = civil.hour >= 12;
    Ok(match letters {
        "YY" => format!("{:02}", civil.year.rem_euclid(100)),
        "YYYY" => format!("{:04}", civil.year),
        "M" => civil.month.to_string(),
        "MM" => format!("{:02}", civil.month),
        "MMM" => month[..3].to_owned(),
        "MMMM" => month.to_owned(),
        "D" => civil.day.to_string(),
        "DD" => format!("{:02}", civil.day),
        "EEE" => weekday[..3].to_owned(),
        "EEEE" => weekday.to_owned(),
        "h" => civil.hour.to_string(),
        "hh" => format!("{:02}", civil.hour),
        "H" => half_day_hour.to_string(),
        "HH" => format!("{half_day_hour:02}"),
        "AA" => if is_afternoon { "PM" } else { "AM" }.to_owned(),
        "aa" => if is_afternoon { "pm" } else { "am" }.to_owned(),
        "m" => civil.minute.to_string(),
        "mm" => format!("{:02}", civil.minute),
        "s" => civil.second.to_string(),
        "ss" => format!("{:02}", civil.second),
        "Z" => time.offset_text(),
        "ZZZ" if time.offset_seconds == 0 => "UTC".to_owned(),
        "ZZZ" | "ZZZZ" => format!("{offset_hours}{offset_minutes}"),
        "ZZZZZ" => format!("{offset_hours}:{offset_minutes}"),
        other => return Err(format!("{other:?} {}", advice(other))),
    })
}

fn advice(letters: &str) -> &'static str {
    match letters.as_bytes().first() {
        Some(b'Y') => "is no form of the year; write YY or YYYY",
        Some(b'M') => "is no form of the month; write M, MM, MMM or MMMM",
        Some(b'D') => "is no form of the day; write D or DD",
        Some(b'E') => "is no form of the day of the week; write EEE or EEEE",
        Some(b'h' | b'H') => "is no form of the hour; write h or hh of 24 hours, H or HH of 12",
        Some(b'A' | b'a') => "is no form of the half of the day; write AA or aa",
        Some(b'm') => "is no form of the minute; write m or mm",
        Some(b's') => "is no form of the second; write s or ss",
        Some(b'Z') => "is no form of the offset; write Z, ZZZ, ZZZZ or ZZZZZ",
        _ => "stands for nothing; put letters that stand for themselves between single quotes",
    }
}
