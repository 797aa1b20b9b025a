using System.Text.Json;
using Coffer.Access;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Policies;

namespace Coffer.ConformanceTests.Policies;

public sealed class PolicyStoreTests
{
    [Fact]
    public async Task Policies_are_added_by_name_replaced_and_removed()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, replaceAll: false, "a", "b");
        Assert.Equal(0, await PutAsync(store, replaceAll: false, "b", "c"));
        Assert.Equal(["a", "b", "c"], await NamesAsync(store));

        Assert.Equal(2, await PutAsync(store, replaceAll: true, "c", "d"));
        Assert.Equal(["c", "d"], await NamesAsync(store));
        Assert.Equal(1, await store.Policies.RemoveAsync(store.Owner, null, ["c", "none"], CancellationToken.None));
        Assert.Equal(1, await store.Policies.RemoveAsync(store.Owner, null, names: null, CancellationToken.None));
        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public async Task Policies_outlive_a_restart()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await CasesTests.PutAsync(store, """[{"preset":"own-folder","bucket":"avatars"}]""");

        await store.ReopenAsync();

        Assert.True((await CasesTests.DecideAsync(store, PolicyCall.Upload("u1/a"))).IsAllowed);
        Assert.False((await CasesTests.DecideAsync(store, PolicyCall.Upload("u2/a"))).IsAllowed);
    }

    [Fact]
    public async Task What_the_bootstrap_file_lists_no_more_is_removed_and_the_rest_stays()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        AccountId account = store.Owner.Account!.Value;
        await PutAsync(store, replaceAll: false, "by hand");
        await store.Policies.ApplyManagedAsync(account, Policies("a", "b"), CancellationToken.None);
        await store.Policies.ApplyManagedAsync(account, Policies("b", "c"), CancellationToken.None);

        IReadOnlyList<KeptPolicy> kept = await store.Policies.ListAsync(store.Owner, null, CancellationToken.None);
        Assert.Equal([("by hand", false), ("b", true), ("c", true)], kept.Select(policy => (policy.Policy.Name, policy.IsManaged)));
    }

    [Fact]
    public async Task More_policies_than_an_account_may_have_change_nothing()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        string[] many = [.. Enumerable.Range(0, PolicyReader.MaxPolicies).Select(n => $"p{n}")];
        await PutAsync(store, replaceAll: false, many);

        var refused = await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, replaceAll: false, "p0", "one more"));

        Assert.Equal(StoreErrorCode.InvalidArgument, refused.Code);
        Assert.Equal(many, await NamesAsync(store));
    }

    [Fact]
    public async Task Service_keys_handle_the_policies_of_their_account_and_the_operator_those_of_any()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        await PutAsync(store, replaceAll: false, "a");

        Assert.Single(await store.Policies.ListAsync(Caller.Operator, "default", CancellationToken.None));
        await RefusedAsync(StoreErrorCode.AccountNotFound, Caller.Operator, "unknown");
        await RefusedAsync(StoreErrorCode.AccessDenied, store.Owner, "unknown");
        await RefusedAsync(StoreErrorCode.AccessDenied, Caller.Nobody, null);
        await RefusedAsync(StoreErrorCode.AccessDenied, new Caller { Account = store.Owner.Account, Right = Right.Authenticated }, null);

        async Task RefusedAsync(StoreErrorCode code, Caller caller, string? account)
        {
            foreach (Func<Task> call in (Func<Task>[])
            [
                () => store.Policies.ListAsync(caller, account, CancellationToken.None),
                () => store.Policies.PutAsync(caller, account, [], replaceAll: true, CancellationToken.None),
                () => store.Policies.RemoveAsync(caller, account, null, CancellationToken.None),
            ])
            {
                Assert.Equal(code, (await Assert.ThrowsAsync<StoreException>(call)).Code);
            }
        }
    }

    private static IReadOnlyList<Policy> Policies(params string[] names) => PolicyReader.ReadList(JsonElement.Parse(
        $"[{string.Join(",", names.Select(name => $$"""{"name":"{{name}}","operations":["select"],"bucket":"*"}"""))}]"));

    private static Task<int> PutAsync(SmallStore store, bool replaceAll, params string[] names) =>
        store.Policies.PutAsync(store.Owner, null, Policies(names), replaceAll, CancellationToken.None);

    private static async Task<IEnumerable<string>> NamesAsync(SmallStore store) =>
        (await store.Policies.ListAsync(store.Owner, null, CancellationToken.None)).Select(policy => policy.Policy.Name);
}
