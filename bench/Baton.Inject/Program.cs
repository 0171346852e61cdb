// baton-inject: the load generator of the lab and the benchmarks. "serve" makes it the origin behind the proxy instead.
using System;
using System.Runtime.InteropServices;
using Baton.Inject;
using Baton.Inject.Load;
using Baton.Inject.Reports;
using Baton.Inject.Serve;

if (args is ["serve", ..])
    return OriginServer.Start(args[1..]);
Options options = Options.Parse(args);
if (options.Help || args.Length == 0)
{
    Console.Write(Options.Usage);
    return options.Help ? 0 : 1;
}
if (options.Error is not null)
{
    Console.Error.WriteLine($"baton-inject: {options.Error}");
    return 1;
}

Limits.RaiseOpenFiles(options.Connections + 100);
var run = new Injector(options);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c =>
{
    c.Cancel = true;
    run.Stop();
});
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c =>
{
    c.Cancel = true;
    run.Stop();
});
if (!options.Quiet && !options.Plain && !Console.IsOutputRedirected)
{
    var view = new LiveView(options);
    run.OnInterval = view.Add;
    view.Show(run.Run);
}
else
{
    if (!options.Quiet)
    {
        Console.Write(TextReport.Header);
        run.OnInterval = row => Console.Write(TextReport.Line(row, options.IntervalMs));
    }
    run.Run();
}
Console.Write(TextReport.Summary(run.Total, run.Seconds));
if (options.JsonFile is not null)
    JsonReport.Write(options.JsonFile, options, run);
if (options.CsvFile is not null)
    CsvReport.Write(options.CsvFile, options, run);
return run.Total.TotalErrors == 0 ? 0 : 2;
