# The three-way model of bench_gravity in fixest, as a peer: Rscript bench/peers/fixest.R FILE THREADS [tight]
# Prints: seconds of estimation with pair-clustered errors, seconds of reading, deviance.
# It needs the R packages fixest and data.table; where fixest is no system library, name it by R_LIBS.
a <- commandArgs(TRUE)
suppressMessages({
  library(data.table)
  library(fixest)
})
threads <- as.integer(a[2])
setDTthreads(threads)
setFixest_nthreads(threads)
tight <- length(a) > 2 && a[3] == "tight"
wanted <- c("exp", "imp", "year", "trade", "rta", "lntar", "intl_trend")
read <- system.time(d <- fread(a[1], select = wanted, showProgress = FALSE))[["elapsed"]]
estimate <- system.time({
  m <- fepois(trade ~ rta + lntar + intl_trend | exp^year + imp^year + exp^imp, d,
    cluster = ~ exp^imp, notes = FALSE,
    glm.tol = if (tight) 1e-12 else 1e-8, fixef.tol = if (tight) 1e-10 else 1e-6)
})[["elapsed"]]
cat(sprintf("%.4f %.4f %.15g\n", estimate, read, deviance(m)))
