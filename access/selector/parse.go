package selector

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Is reports whether a text is meant as a selector: whether it begins with "internalId:", "folder:" or "address:".
// It does not check the rest.
func Is(text string) bool {
	for _, prefix := range []string{prefixInternalID, prefixFolder, prefixAddress} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// Parse reads the text of a selector, as [Selector.String] writes it. The error says what is wrong with it. It does not
// check whether there are such spaces.
func Parse(text string) (Selector, error) {
	var s Selector
	if rest, ok := strings.CutPrefix(text, prefixInternalID); ok {
		s.InternalID = rest
	} else if rest, ok := strings.CutPrefix(text, prefixFolder); ok {
		s = InFolder(rest)
	} else if rest, ok := strings.CutPrefix(text, prefixAddress); ok {
		var err error
		if s.Address, err = parseAddress(rest); err != nil {
			return Selector{}, err
		}
	} else {
		return Selector{}, errors.New("give a selector, which begins with internalId:, folder: or address: before its value")
	}
	if err := s.Check(); err != nil {
		return Selector{}, err
	}
	return s, nil
}

// InFolder returns the selector of a folder's spaces: of the folder alone, or with "/**" at the end, of those below it too.
// It does not check the path; [Selector.Check] does.
func InFolder(path string) Selector {
	rest, all := strings.CutSuffix(path, below)
	return Selector{Folder: rest, Below: all}
}

func parseAddress(text string) (Address, error) {
	var a Address
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		field := a.Field(name)
		switch {
		case !ok || field == nil:
			return Address{}, fmt.Errorf("%.64q is no part of an address: give %s, as in city=Bern, country=CH",
				strings.TrimSpace(part), strings.Join(Fields(), ", "))
		case *field != "":
			return Address{}, fmt.Errorf("the address has %s twice", name)
		}
		value, err := unescape(strings.TrimSpace(value))
		if err != nil {
			return Address{}, fmt.Errorf("%s has a percent sign that is not followed by two digits: write %%25", name)
		}
		if value == "" {
			return Address{}, fmt.Errorf("%s is empty: remove it", name)
		}
		*field = value
	}
	return a, nil
}

// Check reports what is wrong with the selector. It does not check whether there are such spaces.
func (s Selector) Check() error {
	set := 0
	for _, given := range []bool{s.InternalID != "", s.Folder != "" || s.Below, s.Address != Address{}} {
		if given {
			set++
		}
	}
	switch {
	case set == 0:
		return errors.New("the selector is empty: give a number, a folder or an address after the colon")
	case set > 1:
		return errors.New("a selector is an internal number, a folder or an address, and this is more than one of them")
	case !utf8.ValidString(s.String()):
		return errors.New("the selector has bytes that are no UTF-8")
	case strings.TrimSpace(s.InternalID) != s.InternalID:
		return fmt.Errorf("the number %.64q has space around it: remove it", s.InternalID)
	case s.Folder == "" && s.Below:
		return errors.New(`"folder:/**" has no folder: use "*" for every model of the account`)
	case s.Folder != "":
		return checkPath(s.Folder)
	}
	for _, name := range Fields() {
		if value := *s.Address.Field(name); strings.TrimSpace(value) != value {
			return fmt.Errorf("%s has space around it: remove it", name)
		}
	}
	return nil
}

func checkPath(path string) error {
	for name := range strings.SplitSeq(path, "/") {
		switch {
		case name == "":
			return fmt.Errorf("the folder %.64q has an empty name in it: write names with one slash between them, as in Plant 3/Hall 2", path)
		case strings.Contains(name, "*"):
			return fmt.Errorf(`the folder %.64q has a star in it: only "/**" at the end is understood, for everything below`, path)
		case strings.TrimSpace(name) != name:
			return fmt.Errorf("the folder %.64q has space around a name: remove it", path)
		}
	}
	return nil
}
