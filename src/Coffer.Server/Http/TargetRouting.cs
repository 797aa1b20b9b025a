using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Http;

/// <summary>Asks the dialects that find their routes by the raw target; the framework's routing then leaves such a request alone.</summary>
internal sealed class TargetRouting
{
    private ITargetRoutes[] _dialects = [];

    public IEnumerable<Endpoint> Endpoints => _dialects.SelectMany(dialect => dialect.Endpoints);

    /// <summary>Before the server starts.</summary>
    public void Add(ITargetRoutes dialect) => _dialects = [.. _dialects, dialect];

    public Task RouteAsync(HttpContext http, RequestDelegate next)
    {
        foreach (ITargetRoutes dialect in _dialects)
        {
            if (dialect.Match(http) is { } endpoint)
            {
                http.SetEndpoint(endpoint);
                break;
            }
        }

        return next(http);
    }
}
