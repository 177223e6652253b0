<?php
// An intranet with Symfony: a login, a page with a space in it, and who is signed in, for pme.
declare(strict_types=1);

require getenv('AUTOLOAD') ?: '/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php'; // Debian's; or vendor/autoload.php

use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpFoundation\{JsonResponse, RedirectResponse, Request, Response};
use Symfony\Component\HttpKernel\Kernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

const PEOPLE = [ // each has the password demo
    'alice' => ['id' => 'alice', 'email' => 'alice@example.com', 'email_verified' => true, 'groups' => ['facilities'], 'name' => 'Alice'],
    'bob' => ['id' => 'bob', 'email' => 'bob@example.com', 'email_verified' => true, 'groups' => ['research'], 'name' => 'Bob'],
    'carol' => ['id' => 'carol', 'email' => 'carol@example.com', 'email_verified' => true, 'groups' => [], 'name' => 'Carol'],
];

final class Intranet extends Kernel
{
    use MicroKernelTrait;

    public function registerBundles(): iterable
    {
        yield new FrameworkBundle();
    }

    public function getCacheDir(): string
    {
        return (getenv('CACHE_DIR') ?: __DIR__.'/var').'/cache';
    }

    private function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', ['secret' => '%env(SESSION_KEY)%', 'http_method_override' => false, 'session' => [
            'storage_factory_id' => 'session.storage.factory.native', 'handler_id' => null,
            'name' => 'intranet', 'cookie_samesite' => 'lax', 'cookie_httponly' => true, 'cookie_secure' => true,
        ]]);
    }

    private function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->add('form', '/login')->controller([$this, 'form'])->methods(['GET']);
        $routes->add('login', '/login')->controller([$this, 'login'])->methods(['POST']);
        $routes->add('whoami', '/whoami')->controller([$this, 'whoami'])->methods(['GET']);
        $routes->add('home', '/')->controller([$this, 'home'])->methods(['GET']);
        $routes->add('logout', '/logout')->controller([$this, 'logout'])->methods(['POST']);
    }

    public function form(Request $request, string $problem = ''): Response
    {
        $next = htmlspecialchars($this->own($request->get('next')));
        return $this->page('<h1>Sign in</h1><p>'.$problem.'</p><form method="post" action="/login"><input type="hidden" name="next" value="'.$next.'">'.
            '<label>Name <input name="user"></label> <label>Password <input name="password" type="password"></label> <button>Sign in</button></form>');
    }

    public function login(Request $request): Response
    {
        $user = (string) $request->request->get('user');
        if (!isset(PEOPLE[$user]) || $request->request->get('password') !== 'demo') {
            return $this->form($request, 'The name or the password is wrong.')->setStatusCode(401);
        }
        $request->getSession()->replace(['user' => $user]);
        $request->getSession()->migrate(true); // never a session that was there before
        return new RedirectResponse($this->own($request->request->get('next')), 303);
    }

    // --- what pme asks: ten lines ---
    public function whoami(Request $request): Response
    {
        $person = PEOPLE[$request->getSession()->get('user', '')] ?? null;
        if ($person === null) {
            return new Response('', 401);
        }
        return new JsonResponse([
            'id' => $person['id'], // stable, unique, never given to another person
            'email' => $person['email'], 'email_verified' => $person['email_verified'],
            'groups' => $person['groups'], 'name' => $person['name'],
        ]);
    }
    // --- end ---

    public function home(Request $request): Response
    {
        $person = PEOPLE[$request->getSession()->get('user', '')] ?? null;
        return $person === null ? new RedirectResponse('/login', 303) : $this->page('<h1>Welcome, '.htmlspecialchars($person['name']).'</h1>
<form method="post" action="/logout"><button>Sign out</button></form>
<script type="module" src="/pme/pme.js"></script>
<pme-space model="SxQL3iGyoDo"></pme-space>');
    }

    public function logout(Request $request): Response
    {
        $user = $request->getSession()->get('user', '');
        $request->getSession()->invalidate();
        $request->getSession()->save(); // others can read that it has ended
        if ($user !== '' && getenv('PME')) { // tours in other tabs end now, and not within half a minute
            exec(implode(' ', array_map('escapeshellarg', [getenv('PME'), 'revoke', '-socket', getenv('PME_CONTROL_SOCKET'), '--', $user])));
        }
        return new RedirectResponse('/login', 303);
    }

    private function page(string $content): Response
    {
        return new Response('<!doctype html><html lang="en"><meta charset="utf-8"><title>Intranet</title><link rel="icon" href="data:,">'.$content.'</html>');
    }

    /** A path of this site, and of no other. */
    private function own(mixed $path): string
    {
        return is_string($path) && preg_match('#^/(?![/\\\\])[!-~]*$#D', $path) ? $path : '/';
    }
}
$kernel = new Intranet('prod', false);
$response = $kernel->handle($request = Request::createFromGlobals());
$response->send();
$kernel->terminate($request, $response);
