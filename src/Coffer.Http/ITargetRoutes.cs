using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>Routes that are found by the raw target, ahead of the framework's routing, which would misread keys.</summary>
public interface ITargetRoutes
{
    /// <summary>Every route, as <see cref="Microsoft.AspNetCore.Routing.RouteEndpoint"/>.</summary>
    IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>The route of a request; null when its path is somebody else's.</summary>
    Endpoint? Match(HttpContext http);
}
