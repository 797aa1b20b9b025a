using Coffer.Client;
using Coffer.ClientTests.Child;

// Runs a piece of the client in a process of its own, for what cannot be measured beside a test server.
string mode = args[0];
using var client = new CofferClient(new Uri(args[1]), "key");
return mode switch
{
    "starve" => Starved.Run(client, new Uri(args[1])),
    "move" => await Moving.RunAsync(client, isAsync: args[2] == "async", size: long.Parse(args[3])),
    _ => 2,
};
