package sealed

import (
	"encoding/binary"
	"errors"
)

// ErrMalformed is the error for bytes that are not the fields they should be.
var ErrMalformed = errors.New("oidclogin: a sealed value is malformed")

// AppendText appends a field that [Fields.Text] reads.
func AppendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// AppendNumber appends a field that [Fields.Number] reads.
func AppendNumber(b []byte, n int64) []byte { return binary.AppendVarint(b, n) }

// Fields takes a sealed value apart. Texts share the memory of the whole. After the first field that is
// missing, all fields are zero and Done fails.
type Fields struct {
	rest string
	err  error
}

// NewFields returns the fields of a copy of b.
func NewFields(b []byte) Fields { return Fields{rest: string(b)} }

// Fail makes Done fail: a field that was read is not what it should be.
func (f *Fields) Fail() {
	f.rest, f.err = "", ErrMalformed
}

// Text reads a field that [AppendText] wrote.
func (f *Fields) Text() string { return f.bytes(f.unsigned()) }

// Number reads a field that [AppendNumber] wrote.
func (f *Fields) Number() int64 {
	u := f.unsigned()
	n := int64(u >> 1) // zigzag, as encoding/binary writes it
	if u&1 != 0 {
		n = ^n
	}
	return n
}

// Done returns the error of any step, or an error if bytes are left over.
func (f *Fields) Done() error {
	if f.rest != "" {
		f.Fail()
	}
	return f.err
}

// unsigned reads what [binary.AppendUvarint] wrote.
func (f *Fields) unsigned() uint64 {
	n, size := uvarint(f.rest)
	if size == 0 {
		f.Fail()
		return 0
	}
	f.rest = f.rest[size:]
	return n
}

// bytes reads the next n bytes.
func (f *Fields) bytes(n uint64) string {
	if n > uint64(len(f.rest)) {
		f.Fail()
		return ""
	}
	s := f.rest[:n]
	f.rest = f.rest[n:]
	return s
}

// uvarint is [binary.Uvarint] for a string. A size of 0 means that there is none.
func uvarint(s string) (n uint64, size int) {
	for i := range min(len(s), binary.MaxVarintLen64) {
		c := s[i]
		if c < 0x80 {
			return n | uint64(c)<<(7*i), i + 1
		}
		n |= uint64(c&0x7f) << (7 * i)
	}
	return 0, 0
}
