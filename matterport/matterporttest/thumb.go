package matterporttest

import (
	"bytes"
	"hash/fnv"
	"net/http"
	"net/url"
	"strings"
)

// room is the drawing of a model: what room.svg is filled in with.
type room struct {
	Hue, Accent int // angles on the colour wheel
}

// drawRoom gives each model its own colours. Steps of fifteen degrees differ enough to be told apart.
func drawRoom(id string) room {
	h := fnv.New32a()
	h.Write([]byte(id))
	hue := int(h.Sum32()%24) * 15
	return room{Hue: hue, Accent: (hue + 150) % 360}
}

func thumbURL(origin, id string) string {
	return origin + "/thumb/" + url.PathEscape(id) + ".svg"
}

// serveThumb draws a model's thumbnail. Nothing of the request gets into the drawing but its colours.
func (s *Server) serveThumb(w http.ResponseWriter, r *http.Request) {
	id, isSVG := strings.CutSuffix(r.PathValue("file"), ".svg")
	if _, _, fault := s.findModel(id); fault != nil || !isSVG {
		http.NotFound(w, r)
		return
	}
	var drawing bytes.Buffer
	if err := pages.ExecuteTemplate(&drawing, "room.svg", drawRoom(id)); err != nil {
		http.Error(w, "could not draw the thumbnail", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "max-age=60")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	write(w, http.StatusOK, "image/svg+xml", drawing.Bytes())
}
