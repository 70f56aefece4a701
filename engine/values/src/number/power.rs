//! Powers of machine floats, rounded step by step as the language's `pow` does it: a correctly rounded power would
//! differ in the last digit, which is printed.

/// `base` to the power of `exponent`.
pub(super) fn pow(base: f64, exponent: f64) -> f64 {
    let is_special = base == 0.0 || base == 1.0 || exponent == 0.0 || !base.is_finite() || !exponent.is_finite();
    if is_special || (base < 0.0 && exponent.fract() != 0.0) || exponent.abs() >= 9.223_372_036_854_776e18 {
        return base.powf(exponent);
    }
    if exponent == 1.0 {
        return base;
    }
    if exponent == 0.5 {
        return base.sqrt();
    }
    if exponent == -0.5 {
        return 1.0 / base.sqrt();
    }

    let mut whole = exponent.abs().trunc();
    let mut fraction = exponent.abs().fract();
    let mut mantissa = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        mantissa = (fraction * base.ln()).exp();
    }

    // Square and multiply on mantissas in [0.5, 1), the exponents counted apart so that nothing overflows on the way.
    let mut power: i64 = 0;
    let (mut square, mut square_power) = split(base);
    let mut bits = whole as u64;
    while bits != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&square_power) {
            power += square_power;
            break;
        }
        if bits & 1 == 1 {
            mantissa *= square;
            power += square_power;
        }
        square *= square;
        square_power *= 2;
        if square < 0.5 {
            square += square;
            square_power -= 1;
        }
        bits >>= 1;
    }
    if exponent < 0.0 {
        mantissa = 1.0 / mantissa;
        power = -power;
    }
    scaled(mantissa, power)
}

/// A finite number other than zero as `mantissa × 2^power` with the mantissa in [0.5, 1).
fn split(value: f64) -> (f64, i64) {
    const EXPONENT_BITS: u64 = 0x7ff << 52;
    let is_subnormal = value.abs() < f64::MIN_POSITIVE;
    let (normal, correction) = if is_subnormal { (value * 2_f64.powi(54), -54) } else { (value, 0) };
    let bits = normal.to_bits();
    let power = ((bits & EXPONENT_BITS) >> 52) as i64 - 1022 + correction;
    (f64::from_bits((bits & !EXPONENT_BITS) | (1022 << 52)), power)
}

/// `mantissa × 2^power`, rounded once.
fn scaled(mantissa: f64, power: i64) -> f64 {
    let (fraction, own_power) = if mantissa == 0.0 {
        return mantissa;
    } else {
        split(mantissa)
    };
    let power = power.saturating_add(own_power);
    match power {
        1025.. => f64::INFINITY.copysign(fraction),
        -1021..=1024 => fraction * 2.0 * 2_f64.powi((power - 1) as i32),
        -1080..=-1022 => fraction * 2_f64.powi((power + 60) as i32) * 2_f64.powi(-60),
        _ => 0_f64.copysign(fraction),
    }
}
