package config

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// parse returns the value of a field that is one text, or what is wrong with it.
func (p *part) parse(text string) (any, *form.Fault) {
	if text == "" {
		return nil, form.Wrong("the value is empty", "write a value, or leave it out")
	}
	switch p.kind {
	case typeBool:
		return parseBool(text)
	case typeInt:
		return p.parseInt(text)
	case typeDuration:
		return p.parseDuration(text)
	}
	return p.parseText(text)
}

func parseBool(text string) (any, *form.Fault) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, form.Wrong("the value is neither true nor false", "write true or false")
}

// maxInt bounds the numbers.
const maxInt = math.MaxInt32

// leastInt returns the least number that a field may have.
func (p *part) leastInt() int {
	n, _ := strconv.Atoi(p.least)
	return n
}

func (p *part) parseInt(text string) (any, *form.Fault) {
	n, err := strconv.Atoi(text)
	least := p.leastInt()
	switch {
	case err != nil || strconv.Itoa(n) != text || n > maxInt:
		return nil, form.Wrong("the value is not a whole number", fmt.Sprintf("write digits alone, such as %d", max(least, 10)))
	case n < least:
		return nil, form.Wrong(fmt.Sprintf("%d is too small", n), fmt.Sprintf("write %d or more", least))
	}
	return n, nil
}

func (p *part) parseDuration(text string) (any, *form.Fault) {
	d, err := time.ParseDuration(text)
	least, _ := time.ParseDuration(p.least)
	switch {
	case err != nil && isNumber(text):
		return nil, form.Wrong("the duration has no unit", "write it with one, such as "+text+"s, "+text+"m or "+text+"h")
	case err != nil:
		return nil, form.Wrong("the value is not a duration", "write one such as 90s, 10m, 12h or 1h30m; a day is 24h")
	case d <= 0:
		return nil, form.Wrong("the duration is not positive", "write one such as 90s, 10m or 12h, or leave it out for the default")
	case d < least:
		return nil, form.Wrong("the duration is too short", "write "+p.least+" or more")
	}
	return d, nil
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 31)
	return err == nil
}

// parseText checks a text, or an item of a list of texts.
func (p *part) parseText(text string) (any, *form.Fault) {
	if p.form == form.Separator { // it may be a space
		return text, form.Illegible("|" + text + "|")
	}
	if f := form.Illegible(text); f != nil {
		return nil, f
	}
	if len(p.choices) > 0 && !slices.Contains(p.choices, text) {
		remedy := "write " + orList(p.choices)
		if near := form.Nearest(text, p.choices); near != "" {
			remedy = "did you mean " + near + "? There are " + strings.Join(p.choices, ", ")
		}
		return nil, form.Wrong("the value is not one of those there are", remedy)
	}
	if check := form.Named[p.form].Check; check != nil {
		if f := check(text); f != nil {
			return nil, f
		}
	}
	return text, nil
}

// parsePrefix returns a range of addresses. A single address is a range, too.
func parsePrefix(text string) (netip.Prefix, *form.Fault) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return prefix, form.Wrong("the value is not a range of addresses", "write one such as 10.0.0.7, 10.0.0.0/24 or fd00::/64")
	case prefix.Addr().Is4In6():
		return prefix, form.Wrong("the range is one of IPv4 addresses written as IPv6", "write it as IPv4, such as 10.0.0.0/24")
	case prefix.Masked() != prefix:
		return prefix, form.Wrong("the address has bits after the "+strconv.Itoa(prefix.Bits())+" that count", "write "+prefix.Masked().String())
	}
	return prefix, nil
}

// parseList returns the value of a list. The places of what is wrong are the indexes of the items.
func (p *part) parseList(items []string) (any, map[int]form.Fault) {
	faults := map[int]form.Fault{}
	var texts []string
	var prefixes []netip.Prefix
	for i, item := range items {
		f := p.parseItem(item, &texts, &prefixes)
		if f == nil && slices.Contains(items[:i], item) {
			f = form.Wrong("the value is in the list twice", "remove one")
		}
		if f != nil {
			faults[i] = *f
		}
	}
	if p.kind == typePrefixes {
		return prefixes, faults
	}
	return texts, faults
}

func (p *part) parseItem(item string, texts *[]string, prefixes *[]netip.Prefix) *form.Fault {
	if item == "" {
		return form.Wrong("a value in the list is empty", "remove it")
	}
	if p.kind == typePrefixes {
		prefix, f := parsePrefix(item)
		*prefixes = append(*prefixes, prefix)
		return f
	}
	_, f := p.parseText(item)
	*texts = append(*texts, item)
	return f
}

// parsePairs checks the names and values of a map.
func parsePairs(pairs map[string]string) *form.Fault {
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		for _, text := range []string{name, pairs[name]} {
			if text == "" {
				return form.Wrong("a name or a value is empty", "write both, or remove them")
			}
			if f := form.Illegible(text); f != nil {
				return f
			}
		}
	}
	return nil
}

// orList returns "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
