//! IP network functions, on address ranges such as `10.0.0.0/16` and `fd00::/8`.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use infra_values::{Type, Value};

use super::arguments::{Outcome, bool, list_of_string, number, string, text, whole_number};
use super::{Context, Function, FunctionError, Parameter, Returns};

const PREFIX: Parameter = Parameter::new("prefix", string);

pub(super) const CIDRCONTAINS: Function = Function::new(
    "cidrcontains",
    "Tells whether an address, or a whole address range, lies within an address range.",
    &[Parameter::new("containing_prefix", string), Parameter::new("contained_ip_or_prefix", string)],
    Returns::Fixed(bool),
    contains,
)
.extension();

pub(super) const CIDRHOST: Function = Function::new(
    "cidrhost",
    "Returns the address of a host in an address range; a negative number counts from the end.",
    &[PREFIX, Parameter::new("hostnum", number)],
    Returns::Fixed(string),
    host,
);

pub(super) const CIDRNETMASK: Function = Function::new(
    "cidrnetmask",
    "Returns the netmask of an IPv4 address range.",
    &[PREFIX],
    Returns::Fixed(string),
    netmask,
);

pub(super) const CIDRSUBNET: Function = Function::new(
    "cidrsubnet",
    "Returns one of the subnets that an address range has when its prefix is made longer by some bits.",
    &[PREFIX, Parameter::new("newbits", number), Parameter::new("netnum", number)],
    Returns::Fixed(string),
    subnet,
);

pub(super) const CIDRSUBNETS: Function = Function::new(
    "cidrsubnets",
    "Returns subnets of an address range one after the other, each with a prefix longer by the given bits.",
    &[PREFIX],
    Returns::Fixed(list_of_string),
    subnets,
)
.variadic(Parameter::new("newbits", number));

/// An address range. The address is right-aligned in the integer and has no bits set beyond the prefix.
#[derive(Clone, Copy)]
struct Range {
    address: u128,
    prefix_bits: u32,
    address_bits: u32,
}

impl Range {
    fn parse(text: &str) -> Result<Self, FunctionError> {
        Self::read(text).ok_or_else(|| {
            let message = format!("{text:?} is not an address range; write it as in 10.0.0.0/16 or fd00::/8");
            FunctionError::argument(0, message)
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let prefix_bits = decimal(prefix)?;
        let (address, address_bits) = match address.contains(':') {
            true => (ipv6_bits(address)?, Ipv6Addr::BITS),
            false => (u128::from(ipv4_bits(address)?), Ipv4Addr::BITS),
        };
        (prefix_bits <= address_bits).then(|| Self { address, prefix_bits, address_bits }.truncated())
    }

    fn host_bits(&self) -> u32 {
        self.address_bits - self.prefix_bits
    }

    /// Whether it is IPv4 inside of IPv6 (`::ffff:10.0.0.0/104`), which is written, and partly counted, as IPv4.
    fn is_mapped(&self) -> bool {
        self.address_bits == Ipv6Addr::BITS && self.address >> Ipv4Addr::BITS == 0xffff
    }

    fn truncated(self) -> Self {
        Self { address: self.address & !low_bits(self.host_bits()), ..self }
    }

    fn address_text(&self) -> String {
        if self.address_bits == Ipv4Addr::BITS || self.is_mapped() {
            return Ipv4Addr::from_bits(low_word(self.address)).to_string();
        }
        Ipv6Addr::from_bits(self.address).to_string()
    }
}

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden_bits = if self.is_mapped() { Ipv6Addr::BITS - Ipv4Addr::BITS } else { 0 };
        write!(formatter, "{}/{}", self.address_text(), self.prefix_bits - hidden_bits)
    }
}

/// The last 32 bits.
fn low_word(address: u128) -> u32 {
    u32::try_from(address & u128::from(u32::MAX)).unwrap_or_default()
}

/// A mask of so many ones.
fn low_bits(count: u32) -> u128 {
    1_u128.checked_shl(count).map_or(u128::MAX, |power| power - 1)
}

/// Four decimal numbers. Leading zeros are accepted, and do not make them octal.
fn ipv4_bits(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 4 {
        return None;
    }
    parts.iter().try_fold(0, |bits: u32, part| Some(bits << 8 | decimal(part).filter(|part| *part <= 255)?))
}

/// Groups of hexadecimal digits, the last two of which may be written as IPv4. Leading zeros are accepted.
fn ipv6_bits(text: &str) -> Option<u128> {
    let without_zeros = |group: &str, separator: &str| -> String {
        let parts = group.split(separator).map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            rest => rest,
        });
        parts.collect::<Vec<_>>().join(separator)
    };
    let (groups, last) = text.rsplit_once(':')?;
    let last = without_zeros(last, ".");
    format!("{}:{last}", without_zeros(groups, ":")).parse::<Ipv6Addr>().ok().map(Ipv6Addr::to_bits)
}

fn decimal(text: &str) -> Option<u32> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

/// A whole number beyond 64 bits, as IPv6 needs it.
fn large_number(arguments: &[Value], position: usize) -> Result<i128, FunctionError> {
    arguments
        .get(position)
        .and_then(Value::as_number)
        .filter(|number| number.is_integer())
        .and_then(|number| number.to_string().parse().ok())
        .ok_or_else(|| FunctionError::new("a whole number is required"))
}

fn contains(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let range = Range::parse(text(&arguments[0]))?;
    let written = text(&arguments[1]);
    let contained = match written.contains('/') {
        true => Range::read(written),
        false => Range::read(&format!("{written}/{}", if written.contains(':') { 128 } else { 32 })),
    };
    let Some(contained) = contained else {
        return Err(FunctionError::argument(1, format!("{written:?} is neither an address nor an address range")));
    };
    if contained.address_bits != range.address_bits {
        let message = format!("{contained} and {range} are not of the same kind: one is IPv4, the other IPv6");
        return Err(FunctionError::argument(1, message));
    }
    let is_inside =
        contained.prefix_bits >= range.prefix_bits && contained.address & !low_bits(range.host_bits()) == range.address;
    Ok(Value::bool(is_inside))
}

fn host(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let range = Range::parse(text(&arguments[0])).map_err(FunctionError::of_call)?;
    let wanted = large_number(arguments, 1)?;
    let last = low_bits(range.host_bits());
    let offset = match u128::try_from(wanted) {
        Ok(offset) => Some(offset),
        Err(_) => (wanted.unsigned_abs() - 1 <= last).then(|| last - (wanted.unsigned_abs() - 1)),
    };
    match offset.filter(|offset| *offset <= last) {
        Some(offset) => {
            // Terraform puts the number into the first 32 bits of a mapped address.
            let shift = if range.is_mapped() { Ipv6Addr::BITS - Ipv4Addr::BITS } else { 0 };
            Ok(Value::string(Range { address: range.address | offset << shift, ..range }.address_text()))
        }
        None => Err(FunctionError::new(format!("{range} has no host number {wanted}"))),
    }
}

fn netmask(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let range = Range::parse(text(&arguments[0])).map_err(FunctionError::of_call)?;
    if range.address_bits != Ipv4Addr::BITS && !range.is_mapped() {
        return Err(FunctionError::new(format!("{range} is an IPv6 range, and those have no netmask")));
    }
    let mask = low_bits(range.address_bits) & !low_bits(range.host_bits());
    Ok(Value::string(Range { address: mask, ..range }.address_text()))
}

fn subnet(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let range = Range::parse(text(&arguments[0])).map_err(FunctionError::of_call)?;
    let new_bits = whole_number(arguments, 1).map_err(FunctionError::of_call)?;
    let wanted = large_number(arguments, 2)?;
    // A negative number of new bits gives the range around, as Terraform has it.
    let prefix_bits = i64::from(range.prefix_bits)
        .checked_add(new_bits)
        .and_then(|bits| u32::try_from(bits).ok())
        .filter(|bits| *bits <= range.address_bits)
        .ok_or_else(|| {
            let message = format!("the prefix of {range} cannot be made longer by {new_bits} bits");
            FunctionError::new(message)
        })?;
    let last = low_bits(u32::try_from(new_bits).unwrap_or(0));
    let Some(wanted_bits) = u128::try_from(wanted).ok().filter(|wanted| *wanted <= last) else {
        let message = format!("with {new_bits} more bits {range} has no subnet number {wanted}");
        return Err(FunctionError::new(message));
    };
    let shifted = wanted_bits.checked_shl(range.address_bits - prefix_bits).unwrap_or(0);
    Ok(Value::string(Range { address: range.address | shifted, prefix_bits, ..range }.to_string()))
}

/// The most bits by which one subnet may extend the prefix.
const NEW_BITS_MAX: i64 = 32;

fn subnets(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let range = Range::parse(text(&arguments[0]))?;
    if (range.address == 0 || range.is_mapped()) && context.language().is_strict() && arguments.len() > 1 {
        // Terraform begins to look for space before the first address, which is the last one of all for one kind and
        // none for the other.
        let message = format!("{range} is a range in which Terraform finds no subnets");
        return Err(FunctionError::argument(1, message));
    }
    let end = range.address | low_bits(range.host_bits());
    let mut next = Some(range.address);
    let mut found = Vec::with_capacity(arguments.len() - 1);
    for position in 1..arguments.len() {
        let new_bits = whole_number(arguments, position)?;
        let prefix_bits = u32::try_from(new_bits)
            .ok()
            .filter(|_| (1..=NEW_BITS_MAX).contains(&new_bits))
            .map(|bits| range.prefix_bits + bits)
            .filter(|bits| *bits <= range.address_bits)
            .ok_or_else(|| {
                let most = NEW_BITS_MAX.min(i64::from(range.host_bits()));
                let message =
                    format!("the prefix of {range} can be made longer by 1 to {most} bits, not by {new_bits}");
                FunctionError::argument(position, message)
            })?;
        let size = low_bits(range.address_bits - prefix_bits);
        // The next address at which a subnet of this size can begin.
        let start = next.and_then(|next| next.checked_add(size)).map(|next| next & !size);
        let Some(start) = start.filter(|start| *start <= end) else {
            let message = format!("there is no room left in {range} for a subnet with a prefix of {prefix_bits} bits");
            return Err(FunctionError::argument(position, message));
        };
        found.push(Value::string(Range { address: start, prefix_bits, ..range }.to_string()));
        next = (start | size).checked_add(1);
    }
    Ok(Value::list(Type::String, found))
}
