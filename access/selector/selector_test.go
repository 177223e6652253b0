package selector_test

import (
	"fmt"
	"testing"

	"github.com/go-pme/pme/access/selector"
)

func TestSelectorIsReadAsItIsWritten(t *testing.T) {
	for _, s := range []selector.Selector{
		{InternalID: "A-17"},
		{InternalID: "folder:x"},
		{Folder: "Plant 3"},
		{Folder: "Plant 3/Hall 2", Below: true},
		{Address: selector.Address{City: "Bern"}},
		{Address: selector.Address{City: "Washington, D.C.", Region: "100%", Country: "a=b", PostalCode: "3011"}},
	} {
		if got, err := selector.Parse(s.String()); err != nil || got != s {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", s, got, err, s)
		}
	}
}

func TestSelectorThatSelectsNothingIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "internalId:", "internalId: A-17", "internalId:A-17 ", "internalId: ", "address:city=%ff", "folder:\xff", "folder:", "folder:/**", "folder:/Plant", "folder:Plant/", "folder:a//b", "folder:Pl*nt", "folder:**", "folder: a",
		"address:", "address:city", "address:city=", "address:town=Bern", "address:city=Bern, city=Basel", "address:city=%zz", "name:Plant", "folder",
	} {
		if s, err := selector.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %+v; want an error", text, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"internalId:A-17", "folder:Plant 3/**", "address:city=Bern, country=CH", "address:city=%2C"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := selector.Parse(text)
		if err != nil {
			return
		}
		if again, err := selector.Parse(s.String()); err != nil || again != s {
			t.Errorf("%q is read as %+v, and its text %q as %+v, %v", text, s, s.String(), again, err)
		}
	})
}

func Example() {
	s, err := selector.Parse("folder:Plant 3/Hall 2/**")
	if err != nil {
		panic(err)
	}
	fmt.Println(s.Folder, s.Below)
	// Output: Plant 3/Hall 2 true
}
