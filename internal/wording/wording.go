// Package wording finds the words of a language: those that a room ships in files, and those that a host has instead.
package wording

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"golang.org/x/text/language"
)

// Shipped returns the words that files have for a language, such as "de-AT", and reports whether they have any: de.json serves
// all kinds of German. The files are of this module: one that is broken is a panic, which a test finds.
func Shipped[T any](files embed.FS, lang string) (words T, ok bool) {
	tag, err := language.Parse(lang)
	if err != nil {
		return words, false
	}
	base, _ := tag.Base()
	text, err := files.ReadFile("languages/" + base.String() + ".json")
	if err != nil {
		return words, false
	}
	if err := json.Unmarshal(text, &words); err != nil {
		panic(fmt.Sprintf("languages/%s.json: %v", base, err))
	}
	return words, true
}

// Over returns base with those texts of own that are not empty. T is a struct of texts and maps of texts.
func Over[T any](base, own T) T {
	to, from := reflect.ValueOf(&base).Elem(), reflect.ValueOf(own)
	for i := range from.NumField() {
		switch field := from.Field(i); field.Kind() {
		case reflect.String:
			if field.String() != "" {
				to.Field(i).Set(field)
			}
		case reflect.Map:
			to.Field(i).Set(reflect.ValueOf(merged(to.Field(i).Interface(), field.Interface())))
		}
	}
	return base
}

func merged(base, own any) map[string]string {
	all := make(map[string]string)
	maps.Copy(all, base.(map[string]string))
	maps.Copy(all, own.(map[string]string))
	return all
}

// IsRightToLeft reports whether a language is written from right to left.
func IsRightToLeft(lang string) bool {
	tag, err := language.Parse(lang)
	if err != nil {
		return false
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm":
		return true
	}
	return false
}
