using System.Collections.Concurrent;
using System.Reflection;
using Coffer.Catalog;

namespace Coffer.ConformanceTests;

/// <summary>A catalog whose calls are counted, and can be made to fail.</summary>
public class WatchedCatalog : DispatchProxy
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private ICatalog _catalog = null!;
    private Action<string> _before = static _ => { };

    /// <param name="before">Gets the name of each method that is called, and may throw.</param>
    public static ICatalog Of(ICatalog catalog, Action<string>? before = null)
    {
        ICatalog watched = Create<ICatalog, WatchedCatalog>();
        (((WatchedCatalog)(object)watched)._catalog, ((WatchedCatalog)(object)watched)._before) = (catalog, before ?? (static _ => { }));
        return watched;
    }

    /// <summary>How often a method was called.</summary>
    public static int Calls(ICatalog watched, string method) => ((WatchedCatalog)(object)watched)._calls.GetValueOrDefault(method);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _calls.AddOrUpdate(targetMethod!.Name, 1, static (_, count) => count + 1);
        _before(targetMethod.Name);
        return targetMethod.Invoke(_catalog, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
    }
}
