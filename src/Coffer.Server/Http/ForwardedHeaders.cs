using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Coffer.Server.Http;

/// <summary>Takes client address, scheme, host and prefix from the headers of trusted proxies; of nobody else.</summary>
/// <remarks>RFC 7239 <c>Forwarded</c> wins over the <c>X-Forwarded-*</c> family when both are there.</remarks>
internal sealed class ForwardedHeaders(RequestDelegate next, IReadOnlyList<IPNetwork> trustedProxies)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } peer && IsTrusted(peer))
        {
            Apply(http);
        }

        return next(http);
    }

    private bool IsTrusted(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (IPNetwork network in trustedProxies)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    private void Apply(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        var told = headers.TryGetValue("Forwarded", out StringValues forwarded)
            ? ForwardedChain.Parse(forwarded)
            : new ForwardedChain(
                Split(headers["X-Forwarded-For"]), Split(headers["X-Forwarded-Proto"]), Split(headers["X-Forwarded-Host"]));

        // Each proxy appends whom it heard from. Walking back from us, the first address that is no trusted proxy
        // is the client; anything before it may be the client's invention.
        int hops = 0;
        while (hops < told.For.Count)
        {
            hops++;
            if (!TryParseNode(told.For[^hops], out IPEndPoint? node))
            {
                break;
            }

            http.Connection.RemoteIpAddress = node.Address;
            http.Connection.RemotePort = node.Port;
            if (!IsTrusted(node.Address))
            {
                break;
            }
        }

        // Scheme and host as the outermost trusted proxy saw them.
        if (Told(told.Proto, hops)?.ToLowerInvariant() is "http" or "https")
        {
            http.Request.Scheme = Told(told.Proto, hops)!.ToLowerInvariant();
        }

        if (Told(told.Host, hops) is { } host && IsHost(host))
        {
            http.Request.Host = new HostString(host);
        }

        if (Told(Split(headers["X-Forwarded-Prefix"]), hops)?.TrimEnd('/') is { Length: > 0 } prefix && IsPrefix(prefix))
        {
            http.Request.PathBase = PathString.FromUriComponent(prefix);
        }
    }

    /// <summary>The entry that the outermost trusted proxy added; proxies that overwrite leave just one.</summary>
    private static string? Told(IReadOnlyList<string> values, int hops) =>
        values.Count == 0 ? null : values[^Math.Clamp(hops, 1, values.Count)];

    private static string[] Split(string? header) =>
        header?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>An address, perhaps with a port; RFC 7239 §6 puts IPv6 in brackets.</summary>
    private static bool TryParseNode(string text, out IPEndPoint node)
    {
        if (IPAddress.TryParse(text.AsSpan().Trim("[]"), out IPAddress? address))
        {
            node = new IPEndPoint(address, 0);
            return true;
        }

        return IPEndPoint.TryParse(text, out node!);
    }

    private static bool IsHost(string text) =>
        text.Length <= 255 && !text.AsSpan().ContainsAnyExcept(HostCharacters) && Uri.TryCreate("http://" + text, UriKind.Absolute, out _);

    private static bool IsPrefix(string text) =>
        text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal)
        && text.Length <= 1024 && !text.AsSpan().ContainsAnyExcept(PrefixCharacters);

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");

    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~/%");
}

/// <summary>Who passed the request on, oldest first.</summary>
internal sealed record ForwardedChain(IReadOnlyList<string> For, IReadOnlyList<string> Proto, IReadOnlyList<string> Host)
{
    /// <summary>Reads <c>for=192.0.2.60;proto=http;host=a, for="[2001:db8::1]:4711"</c>.</summary>
    public static ForwardedChain Parse(string? header)
    {
        List<string> from = [], proto = [], host = [];
        foreach (string element in (header ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string pair in element.Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = pair.IndexOf('=');
                if (equals < 0)
                {
                    continue;
                }

                string value = pair[(equals + 1)..].Trim().Trim('"');
                switch (pair[..equals].Trim().ToLowerInvariant())
                {
                    case "for": from.Add(value); break;
                    case "proto": proto.Add(value); break;
                    case "host": host.Add(value); break;
                }
            }
        }

        return new ForwardedChain(from, proto, host);
    }
}
