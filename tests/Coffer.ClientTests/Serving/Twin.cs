namespace Coffer.ClientTests.Serving;

/// <summary>Runs either form of an operation; the blocking one on a thread of its own.</summary>
internal static class Twin
{
    public static Task<T> Run<T>(bool async, Func<Task<T>> asynchronous, Func<T> blocking) =>
        async ? asynchronous() : Task.Factory.StartNew(blocking, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task Run(bool async, Func<Task> asynchronous, Action blocking) =>
        async ? asynchronous() : Task.Factory.StartNew(blocking, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
