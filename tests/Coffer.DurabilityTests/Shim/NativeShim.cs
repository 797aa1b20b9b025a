namespace Coffer.DurabilityTests.Shim;

/// <summary>The library made from <c>native/powercut.c</c>; gcc builds it at first use, beside the test assembly.</summary>
internal static class NativeShim
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "native");
    private static readonly Lazy<string?> Problem = new(Build);

    /// <summary>Absolute path of the library. Skips the running test, with the reason, where it cannot be built.</summary>
    public static string Library
    {
        get
        {
            Assert.SkipWhen(Problem.Value is not null, Problem.Value ?? "");
            return Path.Combine(Folder, "powercut.so");
        }
    }

    private static string? Build()
    {
        if (!OperatingSystem.IsLinux()) return "the power-cut shim is for Linux";

        string half = Path.Combine(Folder, $"powercut.{Environment.ProcessId}.so");
        string? problem = Tool.Try(
            "gcc libc6-dev", "gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", half,
            Path.Combine(Folder, "powercut.c"), "-ldl", "-pthread");
        if (problem?.Contains(": error:", StringComparison.Ordinal) == true) throw new InvalidOperationException(problem);
        if (problem is null) File.Move(half, Path.Combine(Folder, "powercut.so"), overwrite: true);
        return problem;
    }
}
