package main

import (
	"slices"
	"strings"
)

// A kind is a licence that may be in the program, with words that its text has and no other's.
type kind struct {
	id    string // of SPDX
	words string
}

// kinds are the licences that ask for nothing but their text: whoever passes the program on, passes that on.
var kinds = []kind{
	{"Apache-2.0", "apache license version 2.0, january 2004"},
	{"Apache-2.0", "licensed under the apache license, version 2.0"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files"},
	{"BSD-3-Clause", "neither the name of"},
	{"BSD-3-Clause", "neither the names of"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
	{"blessing", "all of the code and documentation in sqlite has been dedicated to the public domain"},
}

// refused are names of licences that ask for more: for the sources, or for a licence of what is made with it. A dual licence that offers
// one of these is refused as well, so that a person looks at it.
var refused = []string{
	"gnu general public license", "gnu lesser general public license", "gnu library general public license", "gnu affero general public license", "mozilla public license", "eclipse public license",
	"common development and distribution license", "european union public licence", "server side public license", "business source license",
	"creative commons", "commons clause",
}

// recognise returns the licences that the text has, or why there is none that may be in the program.
func recognise(text string) (ids []string, problem string) {
	plain := strings.NewReplacer("#", " ", "*", " ", `"`, " ", "(c)", " ").Replace(strings.ToLower(text))
	plain = strings.Join(strings.Fields(plain), " ")
	for _, name := range refused {
		if strings.Contains(plain, name) {
			return nil, "it names the " + name
		}
	}
	for _, k := range kinds {
		if strings.Contains(plain, k.words) && !slices.Contains(ids, k.id) {
			ids = append(ids, k.id)
		}
	}
	if len(ids) == 0 {
		return nil, "it is not a licence that is known here"
	}
	if slices.Contains(ids, "BSD-3-Clause") { // it begins as the other one
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == "BSD-2-Clause" })
	}
	return ids, ""
}
