// Package routers shows pme mounted under /pme in routers other than net/http's own. Each function
// returns a whole application; in net/http it would be
//
//	mux := http.NewServeMux()
//	h.Mount(mux, "/pme")
package routers

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v5"
)

// Chi mounts h in github.com/go-chi/chi.
func Chi(h http.Handler) http.Handler {
	r := chi.NewRouter()
	r.Mount("/pme", http.StripPrefix("/pme", h))
	return r
}

// Gorilla mounts h in github.com/gorilla/mux.
func Gorilla(h http.Handler) http.Handler {
	r := mux.NewRouter()
	r.PathPrefix("/pme").Handler(http.StripPrefix("/pme", h))
	return r
}

// Gin mounts h in github.com/gin-gonic/gin.
func Gin(h http.Handler) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Any("/pme/*any", gin.WrapH(http.StripPrefix("/pme", h)))
	return r
}

// Echo mounts h in github.com/labstack/echo.
func Echo(h http.Handler) http.Handler {
	e := echo.New()
	e.Any("/pme/*", echo.WrapHandler(http.StripPrefix("/pme", h)))
	return e
}
