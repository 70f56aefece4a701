//! Numbers against what Terraform prints, and against each other.

use std::collections::hash_map::DefaultHasher;

use super::*;

fn operand(text: &str) -> Number {
    match text.split_at(1) {
        ("i", digits) => Number::from(digits.parse::<i64>().unwrap()),
        ("f", digits) => Number::from_f64(digits.parse().unwrap()).unwrap(),
        _ => text.parse().unwrap(),
    }
}

fn evaluated(operation: &str, operands: &[Number]) -> Number {
    match (operation, operands) {
        ("text", [number]) => number.clone(),
        ("floor", [number]) => number.floor(),
        ("ceil", [number]) => number.ceil(),
        ("+", [left, right]) => left.add(right).unwrap(),
        ("-", [left, right]) => left.sub(right).unwrap(),
        ("*", [left, right]) => left.mul(right).unwrap(),
        ("/", [left, right]) => left.div(right).unwrap(),
        ("%", [left, right]) => left.rem(right).unwrap(),
        ("pow", [left, right]) => left.pow(right).unwrap(),
        _ => panic!("unknown operation {operation}"),
    }
}

#[test]
fn computes_and_prints_as_terraform_does() {
    let cases: Vec<&str> =
        include_str!("cases.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut differences = Vec::new();
    for case in &cases {
        let (expression, expected) = case.split_once(" = ").unwrap();
        let mut words = expression.split(' ');
        let operation = words.next().unwrap();
        let operands: Vec<Number> = words.map(operand).collect();
        let actual = evaluated(operation, &operands).to_string();
        if actual != expected {
            differences.push(format!("{expression}\n  expected {expected}\n  actual   {actual}"));
        }
    }
    assert!(cases.len() > 120, "the cases are gone");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn infinities_as_terraform_has_them() {
    let cases = [
        ("/", "1", "0", "+Inf"),
        ("/", "-1", "0", "-Inf"),
        ("/", "1", "-0", "-Inf"),
        ("/", "Inf", "-5", "-Inf"),
        ("/", "1", "inf", "0"),
        ("/", "-1", "+Inf", "-0"),
        ("%", "1.5", "0", "1.5"),
        ("+", "Inf", "1", "+Inf"),
        ("-", "1", "Inf", "-Inf"),
        ("-", "-inf", "Inf", "-Inf"),
        ("*", "Inf", "-1", "-Inf"),
        ("*", "-Inf", "-Inf", "+Inf"),
    ];
    for (operation, left, right, expected) in cases {
        let operands = [left.parse().unwrap(), right.parse().unwrap()];
        assert_eq!(evaluated(operation, &operands).to_string(), expected, "{left} {operation} {right}");
    }
    let [zero, infinity, negative]: [Number; 3] = ["0", "Inf", "-Inf"].map(|text| text.parse().unwrap());
    assert_eq!(infinity.add(&negative), Err(Undefined::Difference));
    assert_eq!(infinity.sub(&infinity), Err(Undefined::Difference));
    assert_eq!(infinity.mul(&zero), Err(Undefined::Product));
    assert_eq!(zero.div(&zero), Err(Undefined::ZeroByZero));
    assert_eq!(infinity.div(&negative), Err(Undefined::Quotient));
    assert_eq!(infinity.rem(&zero), Err(Undefined::Remainder));
    assert!(negative < Number::from(i64::MIN) && infinity > "1e999999".parse().unwrap() && negative < infinity);
    assert_eq!((infinity.neg(), negative.abs(), infinity.floor()), (negative, infinity.clone(), infinity.clone()));
    assert_eq!((infinity.is_integer(), infinity.as_i64(), infinity.signum()), (false, None, 1));
    assert_eq!(Number::from_exact_text(&infinity.to_exact_text()), Ok(infinity));
    for text in ["INF", "infinity", " inf", "NaN", "++inf"] {
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
}

#[test]
fn printed_numbers_read_back() {
    let third = Number::from(1).div(&"3".parse().unwrap()).unwrap();
    let tenth = Number::from_f64(0.1).unwrap();
    for number in [third.clone(), third.pow(&"7.5".parse().unwrap()).unwrap(), tenth, Number::ZERO.neg(), 7.into()] {
        let text = number.to_exact_text();
        let read = Number::from_exact_text(&text).unwrap();
        assert_eq!((read.to_exact_text(), &read), (text, &number));
    }
    assert_eq!(third.to_string().parse::<Number>().unwrap(), third);
}

#[test]
fn refuses_what_is_no_decimal_number() {
    for text in ["", "-", ".", "+", "1_000", " 5", "5 ", "5e", "e5", "1e5.5", "0x10", "1p3", "NaN", "--1", "1.2.3", "é"]
    {
        assert_eq!(text.parse::<Number>(), Err(ParseNumberError::Syntax(text.into())), "{text}");
    }
    for text in ["1e1000001", "1e-1000001", "1e99999999999999999999"] {
        assert_eq!(text.parse::<Number>(), Err(ParseNumberError::Range(text.into())), "{text}");
    }
    assert_eq!(Number::from_f64(f64::NEG_INFINITY), "-Inf".parse().ok());
    assert_eq!(Number::from_f64(f64::NAN), None);
}

#[test]
fn division_by_zero_and_infinite_powers_have_no_result() {
    let five = Number::from(5);
    for zero in [Number::ZERO, Number::ZERO.neg(), "0.0".parse().unwrap()] {
        assert_eq!(five.div(&zero).map(|infinity| infinity.is_finite()), Ok(false));
        assert_eq!(five.rem(&zero), Ok(five.clone()));
    }
    assert_eq!(Number::from(10).pow(&400.into()), "Inf".parse().ok());
    assert_eq!(Number::from(-2).pow(&"0.5".parse().unwrap()), None);
}

#[test]
fn equal_values_are_equal_and_hash_equal_whatever_made_them() {
    let hash = |number: &Number| {
        let mut hasher = DefaultHasher::new();
        number.hash(&mut hasher);
        hasher.finish()
    };
    let groups: [&[Number]; 5] = [
        &["5".parse().unwrap(), 5.into(), Number::from_f64(5.0).unwrap(), "0.5e1".parse().unwrap()],
        &["0".parse().unwrap(), 0.into(), "-0".parse().unwrap(), Number::from(0).mul(&(-1).into()).unwrap()],
        &["0.5".parse().unwrap(), Number::from_f64(0.5).unwrap(), Number::from(1).div(&2.into()).unwrap()],
        &[
            "9223372036854775808".parse().unwrap(),
            Number::from(i64::MAX).add(&1.into()).unwrap(),
            Number::from(i64::MIN).neg(),
            Number::from(1_u64 << 63),
        ],
        &[
            "-9223372036854775808".parse().unwrap(),
            i64::MIN.into(),
            Number::from_f64(-9_223_372_036_854_775_808.0).unwrap(),
        ],
    ];
    for (position, group) in groups.iter().enumerate() {
        for left in *group {
            for right in *group {
                assert_eq!(left, right);
                assert_eq!(hash(left), hash(right), "{left:?} {right:?}");
            }
            for other in groups.iter().enumerate().filter(|(at, _)| *at != position).flat_map(|(_, group)| *group) {
                assert_ne!(left, other);
            }
        }
    }
    assert_ne!("0.1".parse::<Number>().unwrap(), Number::from_f64(0.1).unwrap());
}

#[test]
fn orders_by_value() {
    let mut numbers: Vec<Number> =
        "1e100 -1e100 0 0.5 -0.5 3 9223372036854775808 -7 1e-400 9223372036854775807".split(' ').map(operand).collect();
    numbers.sort();
    let texts: Vec<String> = numbers.iter().map(|number| format!("{:e}", number.to_f64())).collect();
    assert_eq!(texts.join(" "), "-1e100 -7e0 -5e-1 0e0 0e0 5e-1 3e0 9.223372036854776e18 9.223372036854776e18 1e100");
    assert_eq!(numbers[4], operand("1e-400"));
    assert_eq!(numbers[8], operand("9223372036854775808"));
    let signs: Vec<i32> = numbers.iter().map(Number::signum).collect();
    assert_eq!(signs, [-1, -1, -1, 0, 1, 1, 1, 1, 1, 1]);
    assert!(numbers.iter().all(|number| number.abs().signum() >= 0));
}

#[test]
fn machine_numbers_are_exact_or_nothing() {
    let cases = [
        ("7", Some(7), Some(7), 7.0, true),
        ("-7", Some(-7), None, -7.0, true),
        ("-0", Some(0), Some(0), -0.0, true),
        ("0.5", None, None, 0.5, false),
        ("9223372036854775807", Some(i64::MAX), Some(i64::MAX as u64), 9_223_372_036_854_775_807.0, true),
        ("9223372036854775808", None, Some(1 << 63), 9_223_372_036_854_775_808.0, true),
        ("18446744073709551615", None, Some(u64::MAX), 18_446_744_073_709_551_615.0, true),
        ("18446744073709551616", None, None, 18_446_744_073_709_551_616.0, true),
        ("-9223372036854775808", Some(i64::MIN), None, -9_223_372_036_854_775_808.0, true),
        ("1e400", None, None, f64::INFINITY, true),
        ("0.1", None, None, 0.1, false),
        ("4.9e-324", None, None, 4.9e-324, false),
        ("2.2250738585072011e-308", None, None, 2.225_073_858_507_201e-308, false),
    ];
    for (text, signed, unsigned, float, is_integer) in cases {
        let number = operand(text);
        assert_eq!(number.as_i64(), signed, "{text}");
        assert_eq!(number.as_u64(), unsigned, "{text}");
        assert_eq!(number.to_f64().to_bits(), float.to_bits(), "{text}");
        assert_eq!(number.is_integer(), is_integer, "{text}");
    }
}

#[test]
fn sets_order_numbers_by_ten_digits() {
    let cases = [
        ("0", "0"),
        ("8080", "8080"),
        ("100", "100"),
        ("9999999999", "9999999999"),
        ("10000000000", "1e+10"),
        ("12345678901", "1.23456789e+10"),
        ("12345678905.5", "1.234567891e+10"),
        ("0.5", "0.5"),
        ("123.456", "123.456"),
        ("-0.0001", "-0.0001"),
        ("0.00001", "1e-05"),
        ("9999999999.9", "1e+10"),
        ("1e100", "1e+100"),
    ];
    for (number, expected) in cases {
        assert_eq!(operand(number).to_general_text(), expected, "{number}");
    }
}

#[test]
fn huge_results_saturate() {
    let mut number = operand("1e1000000");
    let mut small = operand("1e-1000000");
    for _ in 0..80 {
        number = number.mul(&number).unwrap();
        small = small.mul(&small).unwrap();
    }
    assert!(number.is_integer() && number.add(&number).unwrap() >= number);
    assert!(small.is_zero());
}
