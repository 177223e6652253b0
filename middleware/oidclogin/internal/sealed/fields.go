package oidclogin

import (
	"encoding/binary"
	"errors"
)

var errFields = errors.New("oidclogin: a sealed value is malformed")

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendNumber(b []byte, n int64) []byte { return binary.AppendVarint(b, n) }

// fields takes a sealed value apart. Texts share the memory of the whole. After the first field that is
// missing, all fields are zero and err is set.
type fields struct {
	rest string
	err  error
}

func (f *fields) fail() {
	f.rest, f.err = "", errFields
}

func (f *fields) text() string {
	n, size := uvarint(f.rest)
	rest := f.rest[size:]
	if size == 0 || n > uint64(len(rest)) {
		f.fail()
		return ""
	}
	f.rest = rest[n:]
	return rest[:n]
}

func (f *fields) number() int64 {
	u, size := uvarint(f.rest)
	if size == 0 {
		f.fail()
		return 0
	}
	f.rest = f.rest[size:]
	n := int64(u >> 1) // zigzag, as encoding/binary writes it
	if u&1 != 0 {
		n = ^n
	}
	return n
}

// texts returns as many texts as the count before them says, and nil for zero.
func (f *fields) texts() []string {
	n := f.number()
	if n < 0 || n > int64(len(f.rest)) { // each text takes a byte at least
		f.fail()
	}
	if f.err != nil || n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = f.text()
	}
	return list
}

// done returns the error of any step, or an error if bytes are left over.
func (f *fields) done() error {
	if f.rest != "" {
		f.fail()
	}
	return f.err
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
