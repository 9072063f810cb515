/** How a Java Jupyter kernel shows tables, charts, images, reports and progress. */
package org.omnirad.notebook;
