using System.Reflection;
using Coffer.Client;

namespace Coffer.ClientTests.Surface;

public sealed class TwinTests
{
    public static TheoryData<MethodInfo> AsyncMethods() =>
        [.. typeof(CofferClient).Assembly.GetExportedTypes()
            .Where(type => !type.IsAssignableTo(typeof(Stream)))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal) && method.Name != nameof(IAsyncDisposable.DisposeAsync))];

    [Theory]
    [MemberData(nameof(AsyncMethods), DisableDiscoveryEnumeration = true)]
    public void Each_asynchronous_method_has_a_blocking_twin_that_takes_and_gives_the_same(MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        MethodInfo? twin = method.DeclaringType!.GetMethod(method.Name[..^"Async".Length], [.. parameters.Select(p => p.ParameterType)]);

        Assert.NotNull(twin);
        Assert.Equal(parameters.Select(p => (p.Name, p.DefaultValue)), twin.GetParameters().Select(p => (p.Name, p.DefaultValue)));
        Type result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(void);
        Assert.Contains(twin.ReturnType, (Type[])[result, typeof(IEnumerable<>).MakeGenericType(result == typeof(void) ? typeof(int) : result)]);
        Assert.Equal(typeof(CancellationToken), parameters[^1].ParameterType);
        Assert.True(parameters[^1].HasDefaultValue);
        Assert.True(method.IsVirtual && twin.IsVirtual);
    }
}
