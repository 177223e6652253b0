package idn

import "strings"

// The parameters of RFC 3492, section 5.
const (
	base, tMin, tMax = 36, 1, 26
	skew, damp       = 38, 700
	initialBias      = 72
	initialN         = 128
	maxRune          = 0x10ffff
)

// encode is RFC 3492, section 6.3.
func encode(label string) (string, bool) {
	runes := []rune(label)
	if len(runes) > maxLabel {
		return "", false
	}
	var out []byte
	for _, r := range runes {
		if r < initialN {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(initialN), 0, initialBias
	for done := basic; done < len(runes); {
		next := least(runes, n)
		delta += int(next-n) * (done + 1)
		for _, r := range runes {
			if r < next {
				delta++
			}
			if r == next {
				out = appendNumber(out, delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta, done = 0, done+1
			}
		}
		n, delta = next+1, delta+1
	}
	return string(out), true
}

// least returns the smallest rune that is at least n.
func least(runes []rune, n rune) rune {
	found := rune(maxRune)
	for _, r := range runes {
		if r >= n {
			found = min(found, r)
		}
	}
	return found
}

func appendNumber(out []byte, q, bias int) []byte {
	for k := base; ; k += base {
		t := threshold(k, bias)
		if q < t {
			return append(out, digit(q))
		}
		out = append(out, digit(t+(q-t)%(base-t)))
		q = (q - t) / (base - t)
	}
}

// decode is RFC 3492, section 6.2.
func decode(encoded string) (string, bool) {
	if len(encoded) > maxLabel {
		return "", false
	}
	var out []rune
	if at := strings.LastIndexByte(encoded, '-'); at >= 0 {
		out, encoded = []rune(encoded[:at]), encoded[at+1:]
	}
	n, i, bias := initialN, 0, initialBias
	for encoded != "" {
		old, weight := i, 1
		for k := base; ; k += base {
			if encoded == "" {
				return "", false
			}
			d := value(encoded[0])
			encoded = encoded[1:]
			if d < 0 || d > (1<<30-i)/weight {
				return "", false
			}
			i += d * weight
			t := threshold(k, bias)
			if d < t {
				break
			}
			if weight *= base - t; weight > 1<<30 {
				return "", false
			}
		}
		bias = adapt(i-old, len(out)+1, old == 0)
		n += i / (len(out) + 1)
		i %= len(out) + 1
		if n > maxRune {
			return "", false
		}
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...) //nolint:gosec // n is at most maxRune
		i++
	}
	return string(out), true
}

func threshold(k, bias int) int { return min(max(k-bias, tMin), tMax) }

// adapt is RFC 3492, section 6.1.
func adapt(delta, points int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (base-tMin)*tMax/2; k += base {
		delta /= base - tMin
	}
	return k + (base-tMin+1)*delta/(delta+skew)
}

func digit(d int) byte {
	return "abcdefghijklmnopqrstuvwxyz0123456789"[d]
}

// value returns what a digit in lower case stands for, or -1.
func value(c byte) int { return strings.IndexByte("abcdefghijklmnopqrstuvwxyz0123456789", c) }
