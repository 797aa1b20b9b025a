using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Parity;

/// <summary>One route, and what it has to do with one object.</summary>
internal abstract record Row(string Method, string Path)
{
    public sealed override string ToString() => $"{Method} {Path}";
}

/// <summary>A route that shows the object to whom it opens.</summary>
/// <param name="Ask">Asks as somebody; null when the object is refused or left out.</param>
internal sealed record Shows(string Method, string Path, OpensTo To, Func<Subject, Api, Task<Seen?>> Ask) : Row(Method, Path);

/// <summary>A route that makes, changes or ends an object.</summary>
/// <param name="Act">Does it, and looks through the other dialect.</param>
internal sealed record Changes(string Method, string Path, Func<Subject, Task> Act) : Row(Method, Path);

/// <summary>A route that shows no object and changes none.</summary>
internal sealed record Apart(string Method, string Path, string Reason) : Row(Method, Path);

/// <summary>Whom a route shows an object.</summary>
internal enum OpensTo
{
    /// <summary>The account's service keys, and whom a policy allows it.</summary>
    Keys,

    /// <summary>These, and holders of any key while the object is public.</summary>
    KeysOrPublicObject,

    /// <summary>The keys, and everybody while the object is public.</summary>
    KeysOrEverybodyToPublicObject,

    /// <summary>Holders of any key while the object is public.</summary>
    AnyKeyToPublicObject,

    /// <summary>Everybody while the object is public.</summary>
    PublicObject,

    /// <summary>Everybody while the bucket is public.</summary>
    PublicBucket,

    KeysOrPublicBucket,

    /// <summary>These, and holders of any key while the bucket is public.</summary>
    KeysOrAnyKeyToPublicBucket,

    /// <summary>Whoever has the link, which a service key made.</summary>
    Link,
}
