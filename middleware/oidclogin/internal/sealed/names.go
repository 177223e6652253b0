package sealed

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// The kinds of packed names, as the number before each says. Larger numbers, less plainText, are the length of
// a name that is not packed.
const (
	lowerUUID = iota
	upperUUID
	lowerHex // followed by the number of bytes
	upperHex
	plainText
)

const (
	uuidLength = 36
	uuidBytes  = 16

	// minHex is the shortest hexadecimal name that is packed.
	minHex = 8
)

// AppendNames appends names, such as those of groups, for [Fields.Names]. A UUID of 36 characters takes 17
// bytes, and another hexadecimal name of an even length half of its length, if its letters are all of one
// case. Each name comes back exactly as it was.
func AppendNames(b []byte, names []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, name := range names {
		b = AppendName(b, name)
	}
	return b
}

// AppendName appends one name, for [Fields.Name].
func AppendName(b []byte, name string) []byte {
	var buf [uuidLength]byte
	digits, isUUID := withoutHyphens(buf[:0], name)
	packed, upper, ok := pack(digits)
	if !ok {
		b = binary.AppendUvarint(b, uint64(len(name))+plainText)
		return append(b, name...)
	}
	kind := uint64(lowerHex)
	if isUUID {
		kind = lowerUUID
	}
	if upper {
		kind++
	}
	b = binary.AppendUvarint(b, kind)
	if !isUUID {
		b = binary.AppendUvarint(b, uint64(len(packed)))
	}
	return append(b, packed...)
}

// withoutHyphens returns the digits of a name that is built as a UUID is, or the name as it is.
func withoutHyphens(buf []byte, name string) (digits []byte, isUUID bool) {
	if len(name) != uuidLength || name[8] != '-' || name[13] != '-' || name[18] != '-' || name[23] != '-' {
		return []byte(name), false
	}
	for _, part := range []string{name[:8], name[9:13], name[14:18], name[19:23], name[24:]} {
		buf = append(buf, part...)
	}
	return buf, true
}

// pack returns the bytes that hexadecimal digits stand for, and whether the letters are upper case. It is
// false if the same digits would not come back.
func pack(digits []byte) (packed []byte, upper, ok bool) {
	if len(digits) < minHex {
		return nil, false, false
	}
	packed = make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(packed, digits); err != nil { // an odd length included
		return nil, false, false
	}
	upper = bytes.ContainsAny(digits, "ABCDEF")
	return packed, upper, !upper || !bytes.ContainsAny(digits, "abcdef")
}

// Names reads what [AppendNames] wrote, and returns nil for none.
func (f *Fields) Names() []string {
	n := f.unsigned()
	if n > uint64(len(f.rest)) { // each name takes a byte at least
		f.Fail()
	}
	if f.err != nil || n == 0 {
		return nil
	}
	names := make([]string, n)
	var unpacked strings.Builder
	if f.rest[0] <= upperUUID { // most groups of a user are of one kind
		unpacked.Grow(min(len(names), len(f.rest)/uuidBytes) * uuidLength)
	}
	for i := range names {
		names[i] = f.name(&unpacked)
	}
	if f.err != nil {
		return nil
	}
	return names
}

// Name reads what [AppendName] wrote.
func (f *Fields) Name() string { return f.name(new(strings.Builder)) }

// name reads a name, which is part of unpacked if it was packed.
func (f *Fields) name(unpacked *strings.Builder) string {
	kind := f.unsigned()
	if f.err != nil {
		return ""
	}
	start := unpacked.Len()
	switch kind {
	case lowerUUID, upperUUID:
		unpackUUID(unpacked, f.bytes(uuidBytes), kind == upperUUID)
	case lowerHex, upperHex:
		unpack(unpacked, f.bytes(f.unsigned()), kind == upperHex)
	default:
		return f.bytes(kind - plainText)
	}
	return unpacked.String()[start:]
}

func unpackUUID(to *strings.Builder, packed string, upper bool) {
	if len(packed) != uuidBytes { // there is no more to read
		return
	}
	for i, part := range []string{packed[:4], packed[4:6], packed[6:8], packed[8:10], packed[10:]} {
		if i > 0 {
			to.WriteByte('-')
		}
		unpack(to, part, upper)
	}
}

func unpack(to *strings.Builder, packed string, upper bool) {
	digits := "0123456789abcdef"
	if upper {
		digits = "0123456789ABCDEF"
	}
	for i := range len(packed) {
		to.WriteByte(digits[packed[i]>>4])
		to.WriteByte(digits[packed[i]&0xf])
	}
}
